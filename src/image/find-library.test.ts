import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { treeOf } from '../testing/tree-of.ts';
import { findLibraries, type Needy } from './find-library.ts';

const tree = treeOf(
  `lib -> usr/lib
   lib64 -> usr/lib64
   usr/lib/x86_64-linux-gnu/libc.so.6 -> libc-2.36.so
   usr/lib/x86_64-linux-gnu/libc-2.36.so (9)
   usr/lib64/libm.so.6 (9)
   usr/lib/libm.so.6 (3)
   usr/lib/libdangling.so -> nowhere
   usr/local/lib/libown.so.1 (4)
   usr/lib/libown.so.1 (5)
   opt/app/bin/run (7)
   opt/app/lib/libapp.so (7)
   opt/app/lib/libfolder.so/in (7)
   usr/lib/libfolder.so (8)
   old/libapp.so (1)`,
);

const base: Needy = {
  path: '/opt/app/bin/run',
  machine: 'x86-64',
  bits: 64,
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  rpath: null,
  runpath: null,
};

describe('the library that a loader takes', () => {
  it.each<[string, Partial<Needy>, string | null]>([
    ['libc.so.6', {}, '/usr/lib/x86_64-linux-gnu/libc.so.6'],
    ['libm.so.6', {}, '/usr/lib64/libm.so.6'],
    ['libm.so.6', { bits: 32, machine: 'x86' }, '/usr/lib/libm.so.6'],
    ['libown.so.1', {}, '/usr/local/lib/libown.so.1'],
    ['libown.so.1', { interpreter: '/lib/ld-musl-x86_64.so.1' }, '/usr/lib/libown.so.1'],
    ['libapp.so', {}, null],
    ['libapp.so', { runpath: '$ORIGIN/../lib' }, '/opt/app/lib/libapp.so'],
    ['libapp.so', { rpath: '${ORIGIN}/../lib:/old' }, '/opt/app/lib/libapp.so'],
    // The new kind of path puts the old one out of force.
    ['libapp.so', { rpath: '$ORIGIN/../lib', runpath: '/old' }, '/old/libapp.so'],
    ['libapp.so', { runpath: 'lib:/nowhere' }, null],
    ['libm.so.6', { runpath: '/usr/$LIB' }, '/usr/lib64/libm.so.6'],
    ['libfolder.so', { runpath: '/opt/app/lib' }, '/usr/lib/libfolder.so'],
    ['libdangling.so', {}, null],
    ['/opt/app/lib/libapp.so', {}, '/opt/app/lib/libapp.so'],
    ['__proto__', {}, null],
  ])('%s, %j: %s', (name, program, found) => {
    const [node = null] = findLibraries(tree, { ...base, ...program }, [name]);
    expect(node === null ? null : tree.path(node)).toBe(found);
  });

  it('is looked for once in a folder, however often and by whatever link that is named', () => {
    const asked: string[] = [];
    const counting = new Proxy(tree, {
      get(target, key) {
        if (key === 'child') {
          return (folder: number, name: Uint8Array) => {
            if (utf8('libnone.so').every((byte, i) => byte === name[i])) asked.push(tree.path(folder));
            return tree.child(folder, name);
          };
        }
        const value = Reflect.get(target, key) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const runpath = '/lib:/usr/lib:/lib/../lib:/old:/old';
    expect(findLibraries(counting, { ...base, runpath }, ['libnone.so', 'libc.so.6'])).toHaveLength(2);
    expect(asked).toEqual(['/usr/lib', '/old', '/usr/local/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib64']);
  });

  it('is not found by a path of more links than Linux follows in one', () => {
    const links = treeOf('a -> .\nf (1)');
    const at = (count: number) => findLibraries(links, base, [`/${'a/'.repeat(count)}f`])[0];
    expect(at(40)).toBe(links.find('/f'));
    expect(at(41)).toBeNull();
  });
});
