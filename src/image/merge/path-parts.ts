/** A path of raw bytes, cut at its slashes without copying. */

const SLASH = 0x2f;
const DOT = 0x2e;
const FIRST_PARTS = 64;

/**
 * The components of the path read last, as stretches of the bytes it was read from. Empty ones and `.` are left out;
 * with `clean`, `..` takes the one before it away and stops at the root, so that no name leads out of it, whatever is
 * a symbolic link (as umoci's CleanPath and Go's path.Clean of a rooted path do).
 */
export class PathParts {
  count = 0;
  starts = new Uint32Array(FIRST_PARTS);
  lengths = new Uint32Array(FIRST_PARTS);

  read(bytes: Uint8Array, start: number, length: number, clean: boolean): void {
    const end = start + length;
    let count = 0;
    let at = start;
    while (at < end) {
      const from = at;
      while (at < end && bytes[at] !== SLASH) at++;
      const size = at++ - from;
      if (size === 0 || (size === 1 && bytes[from] === DOT)) continue;
      if (clean && isDotDot(bytes, from, size)) {
        if (count > 0) count--;
        continue;
      }
      if (count === this.starts.length) this.#grow();
      this.starts[count] = from;
      this.lengths[count] = size;
      count++;
    }
    this.count = count;
  }

  #grow(): void {
    const { starts, lengths } = this;
    this.starts = new Uint32Array(starts.length * 2);
    this.starts.set(starts);
    this.lengths = new Uint32Array(lengths.length * 2);
    this.lengths.set(lengths);
  }
}

export function isDotDot(bytes: Uint8Array, start: number, length: number): boolean {
  return length === 2 && bytes[start] === DOT && bytes[start + 1] === DOT;
}

/** The components of a path, empty ones and `.` left out; for one path at a time. */
export function partsOf(path: Uint8Array): (Uint8Array | '..')[] {
  const parts = new PathParts();
  parts.read(path, 0, path.length, false);
  return Array.from({ length: parts.count }, (_, i) => {
    const start = parts.starts[i]!;
    const length = parts.lengths[i]!;
    return isDotDot(path, start, length) ? '..' : path.subarray(start, start + length);
  });
}
