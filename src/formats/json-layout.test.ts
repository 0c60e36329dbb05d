import { describe, expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { inPieces } from '../testing/in-pieces.ts';
import { isMinified, JsonLayout } from './json-layout.ts';

const laidOut = (text: string) => new JsonLayout().push(text);

function valueBy(random: Random, depth = 0): unknown {
  const kind = random.below(depth > 4 ? 4 : 6);
  const word = () => random.pick(['', 'a', 'b\\c', '"quoted"', '{[:,]}', ' \n\t', 'ü🪨', '__proto__']);
  if (kind === 0) return random.next() / 7;
  if (kind === 1) return word();
  if (kind === 2) return random.pick([true, false, null]);
  if (kind === 3) return [];
  if (kind === 4) return Array.from({ length: random.below(4) }, () => valueBy(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, (_, i) => [word() + i, valueBy(random, depth + 1)]),
  );
}

describe('a laid out JSON text', () => {
  it('is what JSON.stringify makes of it', () => {
    const random = new Random(3);
    for (let round = 0; round < 300; round++) {
      const value = valueBy(random);
      const wanted = JSON.stringify(value, null, 2);
      expect(laidOut(JSON.stringify(value))).toBe(wanted);
      // What is laid out already stays.
      expect(laidOut(wanted)).toBe(wanted);
    }
  });

  it('does not depend on where the text was cut', () => {
    const text = JSON.stringify(valueBy(new Random(8))) + ' {"a": [1 ,2], "b":"\\"x" ,"c":{ }}';
    for (const size of [1, 2, 3, 7]) {
      const layout = new JsonLayout();
      const bytes = Uint8Array.from(text, (_, i) => i % 256);
      let at = 0;
      const pieces = inPieces(bytes, size).map(({ length }) => layout.push(text.slice(at, (at += length))));
      expect(pieces.join('')).toBe(laidOut(text));
    }
  });

  it('keeps the digits of numbers, and names that come twice', () => {
    expect(laidOut('{"a":1.000000000000000000001e99,"a":-0}')).toBe(
      '{\n  "a": 1.000000000000000000001e99,\n  "a": -0\n}',
    );
  });

  it('stays as long as its text allows, whatever that is', () => {
    expect(laidOut('['.repeat(10_000)).length).toBeLessThan(10_000 * 90);
    expect(laidOut('}]}]')).toBe('\n}\n]\n}\n]');
  });

  it.each([
    ['{"a":1}', false],
    [`{"a":"${'x'.repeat(100)}"}`, true],
    [`{\n  "a": "${'x'.repeat(1000)}"\n}`, false],
    [`{ "a": [${'1, '.repeat(300)}1] }`, true],
  ])('%s: %j', (text, is) => expect(isMinified(text)).toBe(is));
});
