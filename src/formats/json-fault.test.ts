import { describe, expect, it } from 'vitest';
import { Random } from '../testing/random.ts';
import { jsonFaultAt } from './json-fault.ts';

describe('the fault of a JSON text', () => {
  it.each([
    '^',
    '   ^',
    '^invalid',
    'tru^',
    'tr^ee',
    'nul^L',
    '[1, 2^',
    '[1, ^]',
    '[1 ^2]',
    '[1]^]',
    '{"a": 1, ^}',
    '{^a: 1}',
    '{"a"^, 1}',
    '{"a": ^}',
    '"a^',
    '"a^\n"',
    '"\\^x"',
    '"\\u12^G4"',
    '0^1',
    '-^',
    '-^a',
    '1.^',
    '1.^e1',
    '1e^',
    '1e+^-1',
    '^+1',
    '^.5',
    '^\uFEFF{}',
    '{"a": [{}, {"b": [^}',
  ])('%j', (drawn) => {
    const at = drawn.indexOf('^');
    expect(jsonFaultAt(drawn.replace('^', ''))).toBe(at);
  });

  const DOCUMENT =
    '{"a": [true, false, null, -0.5e+10, 0, 12], "\\u00e4\\n\\\\": {}, "c": [[], {"d": ""}], "e": 1E3}';

  it('is there exactly where JSON.parse refuses, and what stands before it can be gone on with', () => {
    const random = new Random(7);
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    let refused = 0;
    const wrong: string[] = [];
    for (let i = 0; i < 20_000; i++) {
      const at = random.below(DOCUMENT.length);
      const cut = at + random.below(3);
      const text =
        DOCUMENT.slice(0, at) +
        (random.oneIn(3) ? '' : random.pick([...'[]{}",:\\ue10-+. \ntfn'])) +
        DOCUMENT.slice(cut);
      const fault = jsonFaultAt(text);
      if ((fault === null) !== isJson(text)) wrong.push(text);
      if (fault === null) continue;
      refused++;
      const before = text.slice(0, fault);
      if ((jsonFaultAt(before) ?? before.length) !== before.length) wrong.push(before);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(5000);
  });

  it('is found in deep nesting without recursion', () => {
    expect(jsonFaultAt('['.repeat(200_000))).toBe(200_000);
    expect(jsonFaultAt('{"a":'.repeat(200_000))).toBe(1_000_000);
  });
});
