/** Where in a filesystem package managers write down what they installed. */
import { utf8 } from '../../base/bytes.ts';
import { bytesOfNode } from '../bytes-of-node.ts';
import type { FileTree } from '../file-tree.ts';
import { DIR, FILE } from '../layer-index.ts';
import { resolvePath } from '../resolve-path.ts';

/** What a file is for whoever asks what is installed. Plain data. */
export type DatabaseRole =
  /** What the system calls itself (os-release(5)). */
  | { readonly kind: 'os-release' }
  | { readonly kind: 'dpkg' | 'apk' | 'rpm' }
  /** The paths of a package of dpkg's, in a file of this name: without its ending. */
  | { readonly kind: 'dpkg-list' | 'dpkg-sums'; readonly name: string }
  /** One package; what is said of its files is beside it, and said from this folder on. */
  | { readonly kind: 'python' | 'python-record'; readonly key: string; readonly folder: string }
  /** One package: the folder is its own. */
  | { readonly kind: 'npm'; readonly folder: string };

export interface DatabaseFile {
  /** A file with bytes. */
  readonly node: number;
  /** Where it was found. */
  readonly path: string;
  readonly size: number;
  readonly role: DatabaseRole;
}

const OS_RELEASE = ['/etc/os-release', '/usr/lib/os-release'];
const DPKG = '/var/lib/dpkg';
const APK = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];
/** SUSE and Fedora moved it below /usr; ostree has another place. */
const RPM_FOLDERS = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];
/** By the age of the form: who changed over may have left the old one behind. */
const RPM_NAMES = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** Files that are read: the largest images of JavaScript have some ten thousand packages. */
const MAX_DATABASE_FILES = 200_000;
/** Characters of the paths of all of them: they may be as long as a path can be. */
const MAX_PATHS = 32 * 1024 * 1024;
/** Bytes of a database. The largest of real ones have some hundred MB. */
const MAX_DATABASE = 256 * 1024 * 1024;
/** Of what describes one package. */
const MAX_DESCRIPTION = 16 * 1024 * 1024;

/** Bytes that a file of that role may have. */
export function limitOf({ kind }: DatabaseRole): number {
  return kind === 'dpkg' || kind === 'apk' || kind === 'rpm' ? MAX_DATABASE : MAX_DESCRIPTION;
}

/** Nodes between two rests. */
const AT_ONCE = 4096;

/** In no order of meaning, each place once. Rests often: it looks at every name. */
export function* findDatabases(tree: FileTree): Generator<void, DatabaseFile[], undefined> {
  const found: DatabaseFile[] = [];
  const seen = new Set<number>();
  let characters = 0;
  const add = (node: number | null, role: DatabaseRole): boolean => {
    if (node === null || found.length === MAX_DATABASE_FILES) return false;
    const file = bytesOfNode(tree, node);
    if (file.kind !== 'file' || file.size === 0 || seen.has(file.node)) return false;
    const path = tree.path(node);
    characters += path.length;
    if (characters > MAX_PATHS) return false;
    seen.add(file.node);
    found.push({ node: file.node, path, size: file.size, role });
    return true;
  };
  const first = (paths: readonly string[], role: DatabaseRole) =>
    void paths.some((path) => add(resolvePath(tree, path), role));
  first(OS_RELEASE, { kind: 'os-release' });
  for (const path of APK) add(resolvePath(tree, path), { kind: 'apk' });
  for (const folder of RPM_FOLDERS)
    first(
      RPM_NAMES.map((name) => `${folder}/${name}`),
      { kind: 'rpm' },
    );
  addDpkg(tree, add);
  yield;
  for (let node = 1; node < tree.count; node++) {
    if (node % AT_ONCE === 0) yield;
    addLanguage(tree, node, add);
  }
  return found;
}

type Add = (node: number | null, role: DatabaseRole) => boolean;

function addDpkg(tree: FileTree, add: Add): void {
  add(resolvePath(tree, `${DPKG}/status`), { kind: 'dpkg' });
  // Of images without dpkg: a file for each package, and one with its sums.
  for (const [folder, ending, kind] of [
    ['info', '.list', 'dpkg-list'],
    ['status.d', '.md5sums', 'dpkg-sums'],
  ] as const) {
    const parent = resolvePath(tree, `${DPKG}/${folder}`);
    if (parent === null || tree.kind(parent) !== DIR) continue;
    const { start, end } = tree.children(parent);
    for (let node = start; node < end; node++) {
      const name = tree.name(node);
      if (name.endsWith(ending)) add(node, { kind, name: name.slice(0, -ending.length) });
      else if (folder === 'status.d') add(node, { kind: 'dpkg' });
    }
  }
}

const METADATA = utf8('METADATA');
const PKG_INFO = utf8('PKG-INFO');
const RECORD = utf8('RECORD');
const DIST_INFO = utf8('.dist-info');
const EGG_INFO = utf8('.egg-info');
const PACKAGE_JSON = utf8('package.json');
const NODE_MODULES = utf8('node_modules');
const AT = 0x40;

function addLanguage(tree: FileTree, node: number, add: Add): void {
  const name = tree.nameBytes(node);
  if (endsWith(name, DIST_INFO) || endsWith(name, EGG_INFO)) addPython(tree, node, add);
  else if (name.length === PACKAGE_JSON.length && endsWith(name, PACKAGE_JSON)) addNpm(tree, node, add);
}

function addPython(tree: FileTree, node: number, add: Add): void {
  const key = tree.path(node);
  const role = { key, folder: tree.path(tree.parent(node)) };
  if (tree.kind(node) === FILE) {
    add(node, { kind: 'python', ...role });
    return;
  }
  if (tree.kind(node) !== DIR) return;
  const isKnown = add(tree.child(node, METADATA) ?? tree.child(node, PKG_INFO), { kind: 'python', ...role });
  if (isKnown) add(tree.child(node, RECORD), { kind: 'python-record', ...role });
}

/** `node_modules/name` and `node_modules/@scope/name` are packages; a `package.json` further in is something of theirs. */
function addNpm(tree: FileTree, node: number, add: Add): void {
  const folder = tree.parent(node);
  let above = tree.parent(folder);
  if (tree.nameBytes(above)[0] === AT) above = tree.parent(above);
  const name = tree.nameBytes(above);
  if (name.length !== NODE_MODULES.length || !endsWith(name, NODE_MODULES)) return;
  if (tree.kind(node) === FILE) add(node, { kind: 'npm', folder: tree.path(folder) });
}

function endsWith(name: Uint8Array, ending: Uint8Array): boolean {
  const from = name.length - ending.length;
  if (from < 0) return false;
  for (let i = ending.length - 1; i >= 0; i--) if (name[from + i] !== ending[i]) return false;
  return true;
}
