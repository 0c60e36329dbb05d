import { describe, expect, it } from 'vitest';
import { compileNameGlob, compilePathGlob, matchesName, matchesPath } from './glob.ts';

const codes = (text: string) => Uint32Array.from(text, (char) => char.codePointAt(0)!);
const isName = (glob: string, name: string) => {
  const all = codes(name);
  return matchesName(compileNameGlob(glob), all, 0, all.length, false);
};
const isPath = (glob: string, path: string) => {
  const names = path.slice(1).split('/').map(codes);
  return matchesPath(compilePathGlob(glob), names.length, (name, i) =>
    matchesName(name, names[i]!, 0, names[i]!.length, false),
  );
};

describe('a glob', () => {
  it.each([
    ['*.so', 'a.so', true],
    ['*.so', 'a.so.1', false],
    ['*.so*', 'a.so.1', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '🪨', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a]x', 'bx', true],
    ['[]x]', ']', true],
    ['[a-]', '-', true],
    ['[x', '[x', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['**', 'anything', true],
    ['*a*b*c', 'xxaxxbxxbc', true],
    ['*a*b*c', 'xxaxxbxxb', false],
  ])('%s of %s: %s', (glob, name, is) => expect(isName(glob, name)).toBe(is));

  it.each([
    ['/etc/*.d', '/etc/init.d', true],
    ['/etc/*.d', '/etc/x/init.d', false],
    ['etc/*', '/usr/etc/x', true],
    ['/etc/**', '/etc/a/b', true],
    ['/etc/**', '/etc', false],
    ['/**/b', '/b', true],
    ['/a/**/b', '/a/b', true],
    ['/a/**/b/*', '/a/x/b/y/b/z', true],
    ['/a/**/b', '/a/x/c', false],
  ])('%s of the path %s: %s', (glob, path, is) => expect(isPath(glob, path)).toBe(is));

  it('does not run away', () => {
    const start = performance.now();
    expect(isName('*a'.repeat(50) + 'b', 'a'.repeat(5000))).toBe(false);
    expect(isPath('**/a/'.repeat(30) + 'b', '/a'.repeat(2000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
