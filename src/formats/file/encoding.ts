/** Whether bytes are text, and in which encoding: by what they are, never by a name. */
import { decodeUtf8 } from '../../base/bytes.ts';

export interface Encoding {
  /** For TextDecoder (Encoding Standard, "Names and labels"), which takes a byte order mark away. */
  readonly label: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** For people. */
  readonly name: string;
}

const UTF8: Encoding = { label: 'utf-8', name: 'UTF-8' };
const ASCII: Encoding = { label: 'utf-8', name: 'ASCII' };
/** What the web calls Latin-1: ISO 8859-1 with letters in place of the C1 controls. */
const LATIN1: Encoding = { label: 'windows-1252', name: 'Latin-1' };

/** Controls that texts have: backspace, tab, line feed, vertical tab, form feed, carriage return, escape. */
const TEXT_CONTROLS = new Set([8, 9, 10, 11, 12, 13, 27]);

/** The encoding of a text that begins with `head`; null where it is none. `isWhole`: nothing follows. */
export function encodingOf(head: Uint8Array, isWhole: boolean): Encoding | null {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { label: 'utf-8', name: 'UTF-8 with BOM' };
  // 32-bit Unicode begins so too, and is no text to any tool in an image.
  if (a === 0xff && b === 0xfe && !(c === 0 && head[3] === 0))
    return { label: 'utf-16le', name: 'UTF-16 LE' };
  if (a === 0xfe && b === 0xff) return { label: 'utf-16be', name: 'UTF-16 BE' };
  if (head.includes(0)) return utf16Of(head);
  let controls = 0;
  let high = 0;
  let c1 = 0;
  for (const byte of head) {
    if (byte < 32 && !TEXT_CONTROLS.has(byte)) controls++;
    else if (byte === 127) controls++;
    else if (byte > 127) {
      high++;
      if (byte < 160) c1++;
    }
  }
  // A stray one stands in logs and in what terminals have recorded.
  if (controls > head.length / 500) return null;
  if (high === 0) return ASCII;
  if (decodeUtf8(isWhole ? head : untilLastChar(head)) !== null) return UTF8;
  // Words in letters of Western Europe, not noise: most of it is ASCII, and hardly any of the rest are C1.
  return high <= head.length / 3 && c1 <= high / 10 ? LATIN1 : null;
}

/** Without a mark: the zeros of ASCII in 16 bits stand in every other place, and there alone. */
function utf16Of(head: Uint8Array): Encoding | null {
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i % 2]!++;
  const half = head.length / 2;
  if (zeros[0] === 0 && zeros[1]! > half * 0.7) return { label: 'utf-16le', name: 'UTF-16 LE' };
  if (zeros[1] === 0 && zeros[0]! > half * 0.7) return { label: 'utf-16be', name: 'UTF-16 BE' };
  return null;
}

/** Less a character that is cut in two at the end (at most three bytes of one). */
function untilLastChar(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) break;
  }
  return bytes;
}
