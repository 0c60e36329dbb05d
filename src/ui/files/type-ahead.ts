/** Finding a row by the first letters of its name, as they are typed. */
import type { TreeColumns } from '../../image/tree-columns.ts';
import { utf8 } from '../../base/bytes.ts';
import type { VisibleRows } from './visible-rows.ts';

/** A pause this long begins a new word. */
const PAUSE_MS = 800;
/** Keys that only say which letter the next one is (UI Events KeyboardEvent key Values, "Modifier Keys" and "Dead"). */
const PREPARING: ReadonlySet<string> = new Set(['Shift', 'AltGraph', 'CapsLock', 'Dead', 'Process']);

export class TypeAhead {
  #typed = '';
  #last = -Infinity;

  /** What has been typed so far, with `key`. `now` in milliseconds. */
  type(key: string, now: number): string {
    if (now - this.#last > PAUSE_MS) this.#typed = '';
    this.#last = now;
    this.#typed += key;
    return this.#typed;
  }

  /** Another key was pressed, or null for the pointer: what is typed next is a new word. */
  interrupt(key: string | null): void {
    if (key === null || !PREPARING.has(key)) this.#typed = '';
  }

  /** True while a word is being typed: a space belongs to it then. */
  isTyping(now: number): boolean {
    return this.#typed !== '' && now - this.#last <= PAUSE_MS;
  }
}

/**
 * The next row, from `from` on and around, whose name begins with `typed`, whatever the case of ASCII letters; -1 for
 * none. One letter, typed again and again, goes from one such row to the next. Compares bytes: names are not decoded.
 */
export function findTyped(
  tree: Pick<TreeColumns, 'names' | 'nameStart' | 'nameLength'>,
  rows: Pick<VisibleRows, 'count' | 'node'>,
  from: number,
  typed: string,
): number {
  const repeated = typed.length > 1 && [...typed].every((key) => key === typed[0]);
  const prefix = utf8(repeated ? typed[0]! : typed).map(lowered);
  // A longer word may still be met by the row where the first letter led.
  const start = prefix.length === 1 ? from + 1 : Math.max(0, from);
  for (let i = 0; i < rows.count; i++) {
    const row = (start + i) % rows.count;
    const node = rows.node(row);
    if (tree.nameLength[node]! < prefix.length) continue;
    const at = tree.nameStart[node]!;
    if (prefix.every((byte, j) => lowered(tree.names[at + j]!) === byte)) return row;
  }
  return -1;
}

function lowered(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
