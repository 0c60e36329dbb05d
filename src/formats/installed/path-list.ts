/** The paths of a package, gathered into one stretch of bytes. */
import { concat, utf8, type Bytes } from '../../base/bytes.ts';

const NEWLINE = 0x0a;
const SLASH = 0x2f;
const ZERO = Uint8Array.of(0);
const ROOT = Uint8Array.of(SLASH);

/** Bytes of a path: as long as one of a tar may be. */
const MAX_PATH = 64 * 1024;

export class PathList {
  readonly #pieces: Uint8Array[] = [];

  /** Absolute, or from the root. Empty ones, and such as no file can have, are left out. */
  add(path: Uint8Array | string): void {
    const bytes = typeof path === 'string' ? utf8(path) : path;
    if (bytes.length === 0 || bytes.length > MAX_PATH || bytes.includes(0)) return;
    if (bytes[0] !== SLASH) this.#pieces.push(ROOT);
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
