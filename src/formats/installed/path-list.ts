/** The paths of a package, gathered into one stretch of bytes. */
import { concat, utf8, type Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';

const NEWLINE = 0x0a;
const SLASH = 0x2f;
const ZERO = Uint8Array.of(0);
const ROOT = Uint8Array.of(SLASH);
const NOWHERE = new Uint8Array(0);

/** Bytes of a path: as long as one of a tar may be. */
const MAX_PATH = 64 * 1024;

/** Bytes of all paths that one database says: folders that are named once may be said of millions of files. */
const MAX_ALL = 128 * 1024 * 1024;

/** What the lists of one database share. */
export class PathRoom {
  #left = MAX_ALL;

  /** Fails with `too-large`. */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0)
      fail({ code: 'too-large', what: 'database of packages', limit: MAX_ALL, actual: MAX_ALL - this.#left });
  }
}

export class PathList {
  readonly #pieces: Uint8Array[] = [];
  readonly #room: PathRoom;

  constructor(room = new PathRoom()) {
    this.#room = room;
  }

  /** Absolute, or from the root; what is in a folder after that. Empty ones, and such as no file can have, are left out. */
  add(path: Uint8Array | string, folder: Uint8Array = NOWHERE): void {
    const bytes = typeof path === 'string' ? utf8(path) : path;
    const length = folder.length + bytes.length;
    if (bytes.length === 0 || length > MAX_PATH || bytes.includes(0) || folder.includes(0)) return;
    this.#room.take(length + 2);
    const first = folder.length > 0 ? folder[0] : bytes[0];
    if (first !== SLASH) this.#pieces.push(ROOT);
    if (folder.length > 0) this.#pieces.push(folder);
    this.#pieces.push(bytes, ZERO);
  }

  all(): Bytes {
    return concat(this.#pieces);
  }
}

/** Lines without their ends; a view each. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at);
    const to = end < 0 ? bytes.length : end;
    yield bytes.subarray(at, to);
    at = to + 1;
  }
}

/** The paths of a list, a view each. */
export function* pathsOf(paths: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < paths.length;) {
    const end = paths.indexOf(0, at);
    if (end < 0) return;
    yield paths.subarray(at, end);
    at = end + 1;
  }
}
