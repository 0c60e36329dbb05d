import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { Random } from '../testing/random.ts';
import { familiarName, parsePlain, parseReference, printFamiliar, printReference } from './reference.ts';

const HEX = 'be178c0543eb17f5f3043021c9e5fcf30285e557a4fc309cce97ff9ca6182912';
const SHA256 = `sha256:${HEX}`;

/** The failure of a wrong name, drawn: the fault, then the text with a caret before the character that cannot be. */
function refusal(text: string, parse: (text: string) => unknown = parseReference): string {
  try {
    return `accepted ${JSON.stringify(parse(text))}`;
  } catch (error) {
    if (!(error instanceof Problem) || error.failure.code !== 'bad-reference') throw error;
    const { input, at, fault } = error.failure;
    expect(input).toBe(text);
    return `${fault} ${text.slice(0, at)}^${text.slice(at)}`;
  }
}

describe('a reference', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.19', 'docker.io/library/alpine:3.19'],
    [`alpine@${SHA256}`, `docker.io/library/alpine@${SHA256}`],
    [`alpine:3.19@${SHA256}`, `docker.io/library/alpine:3.19@${SHA256}`],
    ['team/app', 'docker.io/team/app:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/a/b', 'docker.io/a/b:latest'],
    ['localhost/a', 'localhost/a:latest'],
    ['localhost:5000/a/b/c:x', 'localhost:5000/a/b/c:x'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['[::1]:5000/a', '[::1]:5000/a:latest'],
    ['[2001:db8::1]/a:t', '[2001:db8::1]/a:t'],
    ['Foo/bar', 'Foo/bar:latest'],
    ['ghcr.io/a/b__c/d--e.f:T_-.1', 'ghcr.io/a/b__c/d--e.f:T_-.1'],
    [`docker.io/${HEX}`, `docker.io/library/${HEX}:latest`],
    ['  alpine\n', 'docker.io/library/alpine:latest'],
    ['docker pull alpine', 'docker.io/library/alpine:latest'],
    ['podman pull quay.io/a/b', 'quay.io/a/b:latest'],
    ['docker://quay.io/a/b:c', 'quay.io/a/b:c'],
    [`a.b/c@sha512:${HEX}${HEX}`, `a.b/c@sha512:${HEX}${HEX}`],
    [`a.b/c@sha384:${HEX}${HEX.slice(32)}`, `a.b/c@sha384:${HEX}${HEX.slice(32)}`],
  ])('%s is %s', (text, whole) => {
    expect(printReference(parseReference(text))).toBe(whole);
  });

  it.each([
    ['', 'empty ^'],
    ['  ', 'empty   ^'],
    ['docker://', 'empty docker://^'],
    ['https://ghcr.io/a/b', 'scheme ^https://ghcr.io/a/b'],
    [' https://ghcr.io/a/b', 'scheme  ^https://ghcr.io/a/b'],
    [HEX, `hex-only ^${HEX}`],
    [SHA256, `hex-only ^${SHA256}`],
    ['al pine', 'bad-path al^ pine'],
    ['docker pull al pine', 'bad-path docker pull al^ pine'],
    ['Alpine', 'uppercase ^Alpine'],
    ['team/App', 'uppercase team/^App'],
    ['a//b', 'bad-path a/^/b'],
    ['a/', 'bad-path a/^'],
    ['/a', 'bad-path ^/a'],
    ['-a', 'bad-path ^-a'],
    ['a..b', 'bad-path a.^.b'],
    ['a___b', 'bad-path a__^_b'],
    ['a._b', 'bad-path a.^_b'],
    ['a-', 'bad-path a-^'],
    ['foo_bar.com/x', 'bad-domain foo^_bar.com/x'],
    ['-a.com/x', 'bad-domain ^-a.com/x'],
    ['a-.com/x', 'bad-domain a-^.com/x'],
    ['a..com/x', 'bad-domain a.^.com/x'],
    ['a.com:http/x', 'bad-port a.com:^http/x'],
    ['a.com:/x', 'bad-port a.com:^/x'],
    ['a.com:99999/x', 'bad-port a.com:^99999/x'],
    ['fc00::1:5000/debian', 'bad-port fc00:^:1:5000/debian'],
    ['[::1]', 'bad-path [::1]^'],
    ['[::1]:5000', 'bad-path [::1]:5000^'],
    ['[fe80::1%eth0]:5000/debian', 'bad-domain [fe80::1^%eth0]:5000/debian'],
    ['[]/a', 'bad-domain [^]/a'],
    ['[::1]x/a', 'bad-domain [::1]^x/a'],
    ['a:', 'bad-tag a:^'],
    ['a:-b', 'bad-tag a:^-b'],
    ['a:b c', 'bad-tag a:b^ c'],
    ['a:b:c', 'bad-tag a:b^:c'],
    ['a@', 'bad-digest a@^'],
    ['a@bad', 'bad-digest a@bad^'],
    ['a@2bad', 'bad-digest a@^2bad'],
    ['a@md5:00', 'unknown-algorithm a@^md5:00'],
    ['a@sha256:', 'digest-length a@sha256:^'],
    ['a@sha256:00', 'digest-length a@sha256:00^'],
    ['a@sha256:0G', 'bad-digest a@sha256:0^G'],
    [`a@sha256:${HEX.toUpperCase()}`, `bad-digest a@sha256:^${HEX.toUpperCase()}`],
    [`a@${SHA256}0`, `digest-length a@${SHA256}^0`],
    [`a@${SHA256}:b`, `trailing a@${SHA256}^:b`],
    [`a:${'t'.repeat(129)}`, `tag-too-long a:${'t'.repeat(128)}^t`],
    [`a.b/${'p'.repeat(256)}`, `name-too-long a.b/${'p'.repeat(255)}^p`],
    ['p'.repeat(248), `name-too-long ${'p'.repeat(247)}^p`],
  ])('%s is refused: %s', (text, drawn) => {
    expect(refusal(text)).toBe(drawn);
  });

  it('has a short form, which means the same', () => {
    for (const [text, short] of [
      ['docker.io/library/alpine', 'alpine:latest'],
      ['docker.io/team/app:1', 'team/app:1'],
      ['docker.io/library/a/b:1', 'library/a/b:1'],
      ['ghcr.io/library/a:1', 'ghcr.io/library/a:1'],
      ['localhost/a:1', 'localhost/a:1'],
    ] as const) {
      const reference = parseReference(text);
      expect(printFamiliar(reference)).toBe(short);
      expect(parseReference(short)).toEqual(reference);
      expect(short.startsWith(familiarName(reference))).toBe(true);
    }
  });

  it('is not read in quadratic time', () => {
    for (const text of [
      'a-'.repeat(500_000),
      '-'.repeat(1e6),
      'a/'.repeat(500_000),
      `a@${'a+'.repeat(500_000)}`,
    ]) {
      const started = performance.now();
      expect(refusal(text)).not.toMatch(/^accepted/);
      // Quadratic would be minutes; a busy machine is not.
      expect(performance.now() - started).toBeLessThan(3000);
    }
  });
});

describe('any text', () => {
  const random = new Random(1);
  const pieces = [
    'a',
    'b.c',
    'A',
    '-',
    '_',
    '__',
    '.',
    '/',
    ':',
    '@',
    '[',
    ']',
    '::1',
    '80',
    'sha256:',
    HEX,
    ' ',
    'é',
    '%',
    '\n',
  ];
  const texts = Array.from({ length: 20_000 }, () =>
    Array.from({ length: random.between(1, 8) }, () => random.pick(pieces)).join(''),
  );

  it('is either a reference that prints and parses back, or refused at a place inside', () => {
    let accepted = 0;
    for (const text of texts) {
      let reference;
      try {
        reference = parseReference(text);
      } catch (error) {
        if (!(error instanceof Problem) || error.failure.code !== 'bad-reference') throw error;
        expect(error.failure.at).toBeGreaterThanOrEqual(0);
        expect(error.failure.at).toBeLessThanOrEqual(text.length);
        continue;
      }
      accepted++;
      expect(parseReference(printReference(reference))).toEqual(reference);
      expect(parseReference(printFamiliar(reference))).toEqual(reference);
    }
    expect(accepted).toBeGreaterThan(500);
  });

  it('is refused at the first character that cannot be: what stands before could have gone on', () => {
    // Whatever a piece may need to become whole.
    const endings = [
      '1/a',
      'a/a',
      '',
      'a',
      '/a',
      ':1/a',
      ']/a',
      '1]/a',
      '.a/a',
      ':t',
      `@${SHA256}`,
      `:${HEX}`,
      '0'.repeat(64),
    ];
    for (let n = 0; n <= 64; n++) endings.push('0'.repeat(n));
    for (const algorithm of ['sha256:', 'ha256:', '256:']) endings.push(algorithm + HEX);
    const goesOn = (text: string) =>
      endings.some((ending) => !refusal(text + ending, parsePlain).includes('^'));
    let checked = 0;
    for (const text of texts.slice(0, 5000)) {
      const drawn = refusal(text, parsePlain);
      // The algorithm is refused as a whole, and an upper-case letter may be in a domain still to come.
      if (!drawn.includes('^') || /^(empty|unknown-algorithm)/.test(drawn)) continue;
      const before = drawn.slice(drawn.indexOf(' ') + 1, drawn.indexOf('^'));
      if (before === '' || /@(?!sha256:)/.test(before)) continue;
      expect(goesOn(before), `${JSON.stringify(text)}: ${drawn}`).toBe(true);
      checked++;
    }
    expect(checked).toBeGreaterThan(1000);
  });
});
