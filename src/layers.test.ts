/** The house has floors: an import goes sideways or down, never up, and never round in a circle. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From the ground up, each with the reason that a forbidden import prints. */
const FLOORS = [
  ['base', 'base imports nothing: everyone stands on it'],
  ['formats', 'formats knows bytes, not where they come from'],
  ['sources', 'sources knows places, not what an image is'],
  ['image', 'image is pure given a Source: no threads, no state, no pixels'],
  ['worker', 'worker knows threads, not what the user is doing'],
  ['session', 'session knows what the user is doing, not pixels'],
  ['ui', 'ui knows pixels; only main.ts builds the house'],
] as const;

const SRC = resolve(import.meta.dirname);
const level = (floor: string) => FLOORS.findIndex(([name]) => name === floor);

/** Every relative import of a source text, static or dynamic, and worker URLs. */
function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|new URL\()\s*['"](\.{1,2}\/[^'"]+)['"]/g);
  return [...found].map((match) => match[1]!);
}

const floorOf = (file: string) => relative(SRC, file).split('/')[0]!;
const isTest = (file: string) => /\.test\.ts$/.test(file) || floorOf(file) === 'testing';

const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

/** One line for each import that `file` must not have. */
function offences(file: string, text: string): string[] {
  const from = floorOf(file);
  return importsOf(text).flatMap((path) => {
    const target = resolve(dirname(file), path);
    const to = floorOf(target);
    const line = `${relative(SRC, file)} imports ${relative(SRC, target)}`;
    if (to === 'testing') return isTest(file) ? [] : [`${line}: testing is for tests only`];
    if (isTest(file) || level(from) < 0) return [];
    if (level(to) < 0) return [`${line}: outside the house`];
    return level(to) > level(from) ? [`${line}: ${FLOORS[level(from)]![1]}`] : [];
  });
}

/** Files that import each other, by whatever way round: the first way that is found, or nothing. */
function circleOf(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): readonly string[] => {
    const before = way.indexOf(file);
    if (before >= 0) return [...way.slice(before), file];
    if (done.has(file)) return [];
    way.push(file);
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next);
      if (circle.length > 0) return circle;
    }
    way.pop();
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('the house', () => {
  it('has no import that goes up', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((file) => offences(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('has every file on a floor, but for the door', () => {
    const outside = files.filter((file) => level(floorOf(file)) < 0 && floorOf(file) !== 'testing');
    expect(outside.map((file) => relative(SRC, file)).sort()).toEqual(['layers.test.ts', 'main.ts']);
  });

  it('has no two files that import each other', () => {
    const name = (file: string) => relative(SRC, file);
    const imports = files.map((file): [string, string[]] => {
      const paths = importsOf(readFileSync(file, 'utf8'));
      return [name(file), paths.map((path) => name(resolve(dirname(file), path)))];
    });
    expect(circleOf(new Map(imports))).toEqual([]);
    const around: [string, string[]][] = [
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['d', ['b']],
    ];
    expect(circleOf(new Map(around))).toEqual(['b', 'd', 'b']);
  });

  it('would notice', () => {
    const file = join(SRC, 'formats/digest.ts');
    expect(offences(file, `import { x } from '../image/merge.ts';`)).toEqual([
      'formats/digest.ts imports image/merge.ts: formats knows bytes, not where they come from',
    ]);
    expect(offences(file, `import type { x } from '../base/bytes.ts';`)).toEqual([]);
    expect(offences(file, `const x = await import('../testing/tar-of.ts');`)).toEqual([
      'formats/digest.ts imports testing/tar-of.ts: testing is for tests only',
    ]);
    expect(
      offences(join(SRC, 'worker/pool.ts'), `new URL('../ui/App.svelte', import.meta.url)`),
    ).toHaveLength(1);
  });
});
