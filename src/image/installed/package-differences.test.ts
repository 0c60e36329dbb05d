import { expect, it } from 'vitest';
import { packageOf, type PackageType } from '../../formats/installed/installed.ts';
import { packageDifferences } from './package-differences.ts';

/** `deb:openssl@3.0.11 npm:a@1` */
const packages = (text: string) =>
  text.split(' ').flatMap((word) => {
    const [, type, name, version] = /^(\w+):(.+)@(.*)$/.exec(word) ?? [];
    return type === undefined ? [] : [packageOf(type as PackageType, { name: name!, version: version! })];
  });

it.each([
  ['deb:a@1', 'deb:a@1', ''],
  ['deb:a@1', 'deb:a@2', '~ deb:a 1 → 2'],
  ['', 'npm:b@1 deb:b@2', '+ deb:b  → 2, + npm:b  → 1'],
  ['npm:b@1', '', '- npm:b 1 → '],
  // Other packages that are called the same.
  ['deb:x@1', 'npm:x@1', '- deb:x 1 → , + npm:x  → 1'],
  // Several versions beside each other, in any order, as often as they are there.
  ['npm:a@1 npm:a@2', 'npm:a@2 npm:a@1', ''],
  ['npm:a@1 npm:a@2', 'npm:a@2 npm:a@3', '~ npm:a 1 2 → 2 3'],
  ['npm:a@1 npm:a@1', 'npm:a@1', '~ npm:a 1 1 → 1'],
  ['npm:__proto__@1', 'npm:__proto__@2', '~ npm:__proto__ 1 → 2'],
])('from %j to %j: %s', (before, after, expected) => {
  const signs = { added: '+', removed: '-', changed: '~' };
  const found = packageDifferences(packages(before), packages(after));
  const drawn = found.map(
    (it) => `${signs[it.kind]} ${it.type}:${it.name} ${it.before.join(' ')} → ${it.after.join(' ')}`,
  );
  expect(drawn.join(', ')).toBe(expected);
});
