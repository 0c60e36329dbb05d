import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { Random } from '../testing/random.ts';
import { safeName } from './safe-name.ts';

describe('a name for a file on any disk', () => {
  it.each([
    ['passwd', 'passwd'],
    ['.bashrc', '.bashrc'],
    ['grüße 文書 🪨.txt', 'grüße 文書 🪨.txt'],
    ['', 'file'],
    ['..', 'file'],
    [' . ', 'file'],
    ['trailing. . ', 'trailing'],
    [' leading', 'leading'],
    ['a/b\\c:d', 'a_b_c_d'],
    ['new\nline\ttab\x7f', 'new_line_tab_'],
    ['\u202egnp.exe', '_gnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero_width_'],
    ['con', '_con'],
    ['NUL.tar.gz', '_NUL.tar.gz'],
    ['console', 'console'],
    ['__proto__', '__proto__'],
    ['a<b>"c"|d?e*', 'a_b__c__d_e_'],
    ['no\u00a0break', 'no break'],
  ])('%j: %s', (name, safe) => {
    expect(safeName(utf8(name))).toBe(safe);
  });

  it('marks bytes that are not UTF-8', () => {
    expect(safeName(Uint8Array.of(0x61, 0xff, 0xfe, 0x62))).toBe('a__b');
  });

  it('cuts what is too long, and keeps the ending', () => {
    expect(safeName(utf8(`${'n'.repeat(10_000)}.tar.gz`))).toBe(`${'n'.repeat(197)}.gz`);
    expect(safeName(utf8('🪨'.repeat(100)))).toBe('🪨'.repeat(50));
  });

  it('is safe whatever a name holds, and stays as it is the second time', () => {
    const random = new Random(4);
    for (let round = 0; round < 2000; round++) {
      const name = random.bytes(random.below(300));
      const safe = safeName(name);
      expect(safe).not.toMatch(/[\x00-\x1f\x7f/\\<>:"|?*\ufffd]|^\.*$|^ |[. ]$/);
      expect(utf8(safe).length).toBeLessThanOrEqual(200);
      expect(safeName(utf8(safe))).toBe(safe);
    }
  });
});
