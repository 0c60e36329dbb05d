/**
 * Which file of an image a program's loader would take for a library that it needs (ld.so(8); musl's ldso/dynlink.c): by
 * the paths in the program, then by those that the loader knows. What a running container adds (LD_LIBRARY_PATH,
 * preloading) is not asked for, nor is the loader's cache: the folders that make it are.
 */
import { FILE } from './layer-index.ts';
import type { FileTree } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';
import { utf8 } from '../base/bytes.ts';

/** What of a program decides where its libraries are. */
export interface Needy {
  /** Of the file itself, links followed. */
  readonly path: string;
  readonly machine: string;
  readonly bits: 32 | 64;
  readonly interpreter: string | null;
  readonly rpath: string | null;
  readonly runpath: string | null;
}

/** Debian's names of folders for each machine, first those of 64 bits. */
const TRIPLETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['x86-64', ['x86_64-linux-gnu']],
  ['x86', ['i386-linux-gnu']],
  ['AArch64', ['aarch64-linux-gnu']],
  ['ARM', ['arm-linux-gnueabihf', 'arm-linux-gnueabi']],
  ['RISC-V', ['riscv64-linux-gnu']],
  ['PowerPC 64', ['powerpc64le-linux-gnu', 'powerpc64-linux-gnu']],
  ['IBM Z (s390)', ['s390x-linux-gnu']],
  ['MIPS', ['mips64el-linux-gnuabi64', 'mipsel-linux-gnu']],
  ['LoongArch', ['loongarch64-linux-gnu']],
]);

/** Folders of one search path: hostile ones shall not make a million look-ups. */
const MAX_FOLDERS = 256;

/** For each of `names` the name that the loader would open, which may be a link; null where the image has none. */
export function findLibraries(
  tree: FileTree,
  program: Needy,
  names: readonly string[],
): readonly (number | null)[] {
  // Each folder once, however often and by whatever links it is named.
  const folders = new Set<number>();
  for (const folder of foldersOf(program)) {
    const node = resolvePath(tree, folder);
    if (node !== null) folders.add(node);
  }
  return names.map((name) => {
    // With a slash it is a path, and not looked for.
    if (name.includes('/')) return name.startsWith('/') ? fileAt(tree, resolvePath(tree, name)) : null;
    const bytes = utf8(name);
    for (const folder of folders) {
      const child = tree.child(folder, bytes);
      if (child !== null && fileAt(tree, tree.follow(child).node) !== null) return child;
    }
    return null;
  });
}

function fileAt(tree: FileTree, node: number | null): number | null {
  return node !== null && tree.kind(node) === FILE ? node : null;
}

/** In the order of the search. */
export function foldersOf({ path, machine, bits, interpreter, rpath, runpath }: Needy): string[] {
  const origin = path.slice(0, path.lastIndexOf('/')) || '/';
  const lib = bits === 64 ? 'lib64' : 'lib';
  const said = (text: string | null) =>
    (text ?? '')
      .split(':')
      .slice(0, MAX_FOLDERS)
      .map((folder) =>
        folder.replace(/\$(?:ORIGIN|\{ORIGIN\})/g, () => origin).replace(/\$(?:LIB|\{LIB\})/g, lib),
      )
      // What is relative is so to wherever a process was started.
      .filter((folder) => folder.startsWith('/'));
  // An old path counts only where there is no new one (dl-load.c); musl takes both for the same.
  const own = [...said(runpath === null ? rpath : null), ...said(runpath)];
  if (interpreter?.includes('ld-musl')) return [...own, '/lib', '/usr/local/lib', '/usr/lib'];
  const triplets = TRIPLETS.get(machine) ?? [];
  const wide = bits === 64 ? ['/lib64', '/usr/lib64'] : ['/lib32', '/usr/lib32'];
  return [
    ...own,
    // Debian's ld.so.conf.d: what is built here comes first.
    '/usr/local/lib',
    ...triplets.map((triplet) => `/usr/local/lib/${triplet}`),
    ...triplets.flatMap((triplet) => [`/lib/${triplet}`, `/usr/lib/${triplet}`]),
    ...wide,
    '/lib',
    '/usr/lib',
  ];
}
