import { describe, expect, it } from 'vitest';
import { Random } from '../../testing/random.ts';
import { parseQuery, quoted, withWord, wordsOf, type Term } from './query.ts';

/** A term in a few characters. */
function draw({ not, test }: Term): string {
  const sign = not ? 'not ' : '';
  switch (test.kind) {
    case 'name':
    case 'path': {
      const { how, value, anyCase } = test.pattern;
      return `${sign}${test.kind} ${how} ${value}${anyCase ? '' : ' exactly'}`;
    }
    case 'size':
    case 'layer':
    case 'by':
      return `${sign}${test.kind} ${test.span.min} to ${test.span.max}`;
    case 'package':
      return `${sign}package ${test.name ?? '(none)'}${test.exact ? ' exactly' : ''}`;
    default:
      return sign + Object.values(test).join(' ');
  }
}

const drawn = (text: string) => parseQuery(text).terms.map(draw);
const faults = (text: string) => parseQuery(text).faults.map(({ word, why }) => `${word} ${why}`);

describe('a query', () => {
  it.each([
    ['passwd', ['name substring passwd']],
    ['  Passwd\tsh ', ['name substring Passwd exactly', 'name substring sh']],
    ['*.conf', ['name glob *.conf']],
    ['etc/ssl', ['path substring etc/ssl']],
    ['/etc/*.d', ['path glob /etc/*.d']],
    ['path:share', ['path substring share']],
    ['re:^lib.+\\.SO', ['name regexp ^lib.+\\.SO exactly']],
    // Behind a backslash is no letter.
    ['re:\\S+\\.so', ['name regexp \\S+\\.so']],
    ['re:/bin/[a-z]+$', ['path regexp /bin/[a-z]+$']],
    ['"with space*"', ['name substring with space*']],
    ['name:"a b"c', ['name substring a bc']],
    ['libc6:amd64.list', ['name substring libc6:amd64.list']],
    ['-type:dir', ['not type dir']],
    ['-', ['name substring -']],
    ['"-x"', ['name substring -x']],
    ['type:file,link', ['type file,symlink']],
    ['size:0', ['size 0 to 0']],
    ['size:>10M', ['size 10000001 to Infinity']],
    ['size:>=10MiB', ['size 10485760 to Infinity']],
    ['size:<1k', ['size 0 to 999']],
    ['size:1.5k..2K', ['size 1500 to 2000']],
    ['size:1k..', ['size 1000 to Infinity']],
    ['size:..5', ['size 0 to 5']],
    ['layer:2', ['layer 2 to 2']],
    ['layer:1..3', ['layer 1 to 3']],
    ['mode:setuid', ['mode setuid']],
    ['mode:0755', ['mode 493']],
    ['owner:root -group:42', ['owner root', 'not group 42']],
    ['is:changed', ['is changed']],
    ['cap:', ['cap ']],
    ['package:SSL', ['package ssl']],
    ['package:', ['package ']],
    ['package:"openssl"', ['package openssl exactly']],
    ['-package:none', ['not package (none)']],
    ['package:"none"', ['package none exactly']],
    ['xattr:SELinux', ['xattr selinux']],
    // Half typed.
    ['size:', []],
    ['', []],
  ])('%j', (text, terms) => {
    expect(drawn(text)).toEqual(terms);
    expect(faults(text)).toEqual([]);
  });

  it.each([
    ['type:socket', 'type:socket type'],
    ['size:big', 'size:big size'],
    ['size:5i', 'size:5i size'],
    ['size:..', 'size:.. size'],
    ['layer:-1', 'layer:-1 number'],
    ['mode:0999', 'mode:0999 mode'],
    ['is:new', 'is:new state'],
    ['re:(', 're:( regexp'],
    ['grep:[', 'grep:[ regexp'],
    ['text:a text:b', 'text:b contents-twice'],
    ['-text:a', '-text:a contents-not'],
  ])('leaves out what makes no sense, and says so: %s', (text, fault) => {
    expect(faults(text)).toEqual([fault]);
    expect(drawn(text)).toEqual([]);
  });

  it('looks into files for a text or a regular expression', () => {
    expect(parseQuery('*.pem text:"BEGIN RSA"').contents).toEqual({
      how: 'substring',
      value: 'BEGIN RSA',
      anyCase: false,
    });
    expect(parseQuery('grep:pass(word)?').contents).toMatchObject({ how: 'regexp', anyCase: true });
  });

  it('has its words by key put in, changed and taken away', () => {
    expect(withWord('', 'type', 'dir')).toBe('type:dir');
    expect(withWord('a b', 'type', 'dir')).toBe('a b type:dir');
    expect(withWord('a  type:file b', 'type', 'dir')).toBe('a type:dir b');
    expect(withWord('a type:file', 'type', null)).toBe('a');
    expect(withWord('-type:file', 'type', 'dir')).toBe('-type:file type:dir');
    expect(withWord('', 'text', 'two words')).toBe('text:"two words"');
    expect(withWord('cap:x', 'cap', '')).toBe('cap:');
  });

  it('says of any text in quotes what it is', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      const chars = ['a', ' ', '-', ':', '*', '\\', 'type:', 'é', '\t', 'text:'];
      const value = Array.from({ length: random.between(1, 6) }, () => random.pick(chars)).join('');
      const words = wordsOf(`x text:${quoted(value)} y`);
      expect(words.map((word) => word.value)).toEqual(['x', value, 'y']);
      expect(wordsOf(quoted(value))).toMatchObject([{ key: null, not: false, value }]);
    }
  });

  it('takes any text without failing, and its words are where it says', () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = new Random(seed);
      const chars = ['"', ' ', '-', ':', 're:', '(', '[', '*', '..', '>', 'size:', '1', 'k', '\ud800', '文'];
      const text = Array.from({ length: random.below(12) }, () => random.pick(chars)).join('');
      parseQuery(text);
      let at = 0;
      for (const { start, end } of wordsOf(text)) {
        expect(text.slice(at, start).trim()).toBe('');
        at = end;
      }
      expect(text.slice(at).trim()).toBe('');
    }
  });
});
