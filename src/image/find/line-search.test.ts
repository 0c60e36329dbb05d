import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../base/bytes.ts';
import { inPieces, inRandomPieces } from '../../testing/in-pieces.ts';
import { Random } from '../../testing/random.ts';
import { LinePattern, LineSearch, MAX_LINE, type LineMatch } from './line-search.ts';
import { compileRegExp, parseQuery, type TextPattern } from './query.ts';

function search(pieces: readonly Uint8Array[], pattern: TextPattern): LineMatch[] | 'binary' {
  const found: LineMatch[] = [];
  const search = new LineSearch(new LinePattern(pattern), (match) => found.push(match));
  for (const piece of pieces) {
    const own = piece.slice();
    search.push(own);
    // It is the caller's again.
    own.fill(0x7e);
  }
  return search.end() === 'binary' ? 'binary' : found;
}

const patternOf = (query: string) => parseQuery(query).contents as TextPattern;
const numbers = (found: LineMatch[] | 'binary') =>
  found === 'binary' ? found : found.map(({ line }) => line);

/** `1: a [found] line`. */
function draw(found: LineMatch[] | 'binary'): string[] {
  if (found === 'binary') return [found];
  return found.map(({ line, text, marks, cut }) => {
    let drawn = text;
    for (let i = marks.length - 2; i >= 0; i -= 2) {
      const [start, end] = [marks[i]!, marks[i + 1]!];
      drawn = `${drawn.slice(0, start)}[${drawn.slice(start, end)}]${drawn.slice(end)}`;
    }
    return `${line}: ${cut[0] ? '…' : ''}${drawn}${cut[1] ? '…' : ''}`;
  });
}

const utf16 = (text: string, little: boolean) => {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i * 2] = little ? code & 255 : code >> 8;
    bytes[i * 2 + 1] = little ? code >> 8 : code & 255;
  }
  return bytes;
};

describe('looking for a text in a file', () => {
  it('tells the line, and marks every place in it', () => {
    const file = utf8('one two\r\nTwo two\n\nlast two');
    expect(draw(search([file], patternOf('text:two')))).toEqual([
      '1: one [two]',
      '2: [Two] [two]',
      '4: last [two]',
    ]);
    expect(draw(search([file], patternOf('text:Two')))).toEqual(['2: [Two] two']);
    expect(draw(search([file], patternOf('grep:^(one|last)|o$')))).toEqual([
      '1: [one] tw[o]',
      '2: Two tw[o]',
      '4: [last] tw[o]',
    ]);
    // An empty place is a place, and nothing to mark.
    expect(draw(search([file], patternOf('grep:^$')))).toEqual(['3: ']);
    expect(draw(search([utf8('a.b\naxb')], patternOf('text:a.b')))).toEqual(['1: [a.b]']);
  });

  it('reads what the encoding is, and passes binaries by', () => {
    const text = 'erste\nzweite grün\n';
    const pattern = patternOf('text:grün');
    expect(numbers(search([utf8(text)], pattern))).toEqual([2]);
    expect(numbers(search([utf16(text, true)], pattern))).toEqual([2]);
    expect(numbers(search([utf16(text, false)], pattern))).toEqual([2]);
    expect(numbers(search([utf16(`\ufeff${text}`, true)], pattern))).toEqual([2]);
    expect(numbers(search([Uint8Array.from(text, (char) => char.charCodeAt(0))], pattern))).toEqual([2]);
    expect(search([utf8(`${text}\0`)], pattern)).toBe('binary');
    expect(search([new Uint8Array(0)], pattern)).toEqual([]);
  });

  it('shows a part of a long line, and looks no further than it says', () => {
    const long = `${'x'.repeat(1000)}needle${'y'.repeat(1000)}`;
    const [shown] = draw(search([utf8(long)], patternOf('text:needle')));
    expect(shown).toMatch(/^1: …x{60}\[needle\]y{174}…$/);
    const near = `${'x'.repeat(MAX_LINE - 6)}needle\nneedle`;
    const far = `x${near}`;
    for (const size of [1000, 300_000, 5_000_000]) {
      expect(numbers(search(inPieces(utf8(near), size), patternOf('text:needle')))).toEqual([1, 2]);
      expect(numbers(search(inPieces(utf8(far), size), patternOf('text:needle')))).toEqual([2]);
      expect(numbers(search(inPieces(utf8(far), size), patternOf('grep:nee.le')))).toEqual([2]);
    }
  });

  it('equals going through the lines one by one, however the bytes were cut', { timeout: 60_000 }, () => {
    const parts = ['a', 'b', 'ab', 'A', 'é', '\n', '\n', '\r\n', ' ', '文', '🪨', '\t'];
    const patterns = [
      'text:ab',
      'text:A',
      'text:é',
      'text:文',
      'grep:^a',
      'grep:b$',
      'grep:a.b',
      'grep:[^a]b',
      'grep:\\s',
      'text:🪨',
    ];
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed);
      const text = Array.from({ length: random.below(400) }, () => random.pick(parts)).join('');
      // Some are longer than what tells the encoding.
      const whole = random.oneIn(6) ? `${text}${'a b\n'.repeat(3000)}${text}` : text;
      const query = random.pick(patterns);
      const pattern = patternOf(query);
      const source = pattern.how === 'regexp' ? pattern.value : pattern.value.replace(/\./g, '\\.');
      const regexp = compileRegExp(source, pattern.anyCase ? 'i' : '')!;
      const expected = whole
        .split('\n')
        .flatMap((line, i) => (regexp.test(line.replace(/\r$/, '')) ? [i + 1] : []))
        // Nothing stands behind the last feed.
        .filter((line) => !(whole.endsWith('\n') && line === whole.split('\n').length));
      const encoding = random.below(whole === '' || whole.includes('文') || whole.includes('🪨') ? 1 : 3);
      const bytes = encoding === 0 ? utf8(whole) : utf16(`\ufeff${whole}`, encoding === 1);
      const found = numbers(search(inRandomPieces(bytes, random), pattern));
      expect(found, `seed ${seed}: ${query}`).toEqual(expected);
      if (bytes.length < 2000) expect(numbers(search(inPieces(bytes, 1), pattern))).toEqual(expected);
    }
  });
});

it('takes nothing of a text that it is only a part of', () => {
  const file = concat([utf8('x'.repeat(9000)), utf8('\nneedle\n')]);
  expect(draw(search(inPieces(file, 4096), patternOf('text:needle')))).toEqual(['2: [needle]']);
});
