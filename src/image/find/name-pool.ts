/**
 * All names in the order of their entries, made to be searched through from end to end: what the browser does with a text of
 * sixteen megabytes takes it some milliseconds, where a million small ones take a hundred.
 */
import { readable, type Bytes } from '../../base/bytes.ts';
import type { FindTree } from './find-tree.ts';

/** Stands for any byte that is not ASCII: a text of such characters has one byte for each. */
const OTHER = 0x81;

export class NamePool {
  readonly #tree: FindTree;
  /** Of name `id` in `codes` and in the texts: `starts[id]` to `starts[id + 1]`. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** ASCII as it is, 0x81 for each byte of all else. */
  readonly codes: Bytes;
  /** 1 for each name that is ASCII alone. */
  readonly plain: Uint8Array<ArrayBuffer>;
  /** Entries whose name is not. */
  readonly others: readonly number[];
  readonly text: string;
  /** The same without capitals. */
  readonly small: string;

  constructor(tree: FindTree) {
    const { count, names, nameStart, nameLength } = tree;
    this.#tree = tree;
    const starts = new Uint32Array(count + 1);
    const codes = new Uint8Array(names.length);
    const plain = new Uint8Array(count);
    const others: number[] = [];
    let at = 0;
    for (let id = 0; id < count; id++) {
      starts[id] = at;
      let high = 0;
      for (let from = nameStart[id]!, end = from + nameLength[id]!; from < end; from++) {
        const byte = names[from]!;
        high |= byte;
        codes[at++] = byte < 0x80 ? byte : OTHER;
      }
      if (high < 0x80) plain[id] = 1;
      else others.push(id);
    }
    starts[count] = at;
    this.starts = starts;
    this.codes = codes;
    this.plain = plain;
    this.others = others;
    this.text = new TextDecoder('latin1').decode(codes.subarray(0, at));
    this.small = this.text.toLowerCase();
  }

  bytes(id: number): Bytes {
    const start = this.#tree.nameStart[id]!;
    return this.#tree.names.subarray(start, start + this.#tree.nameLength[id]!);
  }

  /** Readable. */
  name(id: number): string {
    return this.plain[id] === 1
      ? this.text.slice(this.starts[id]!, this.starts[id + 1]!)
      : readable(this.bytes(id));
  }

  /** `name`, without capitals where `anyCase`. */
  cased(id: number, anyCase: boolean): string {
    if (this.plain[id] !== 1) return anyCase ? this.name(id).toLowerCase() : this.name(id);
    return (anyCase ? this.small : this.text).slice(this.starts[id]!, this.starts[id + 1]!);
  }
}
