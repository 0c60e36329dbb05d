/**
 * Names from an image may hold anything. Characters that are invisible, that move the cursor, or that turn the order of
 * the text around ("Trojan Source", Unicode TR36 and UAX 9) are shown by name instead of being drawn.
 */

export interface TextPart {
  readonly text: string;
  /** What stands for a character that must not be drawn: show it as a mark. */
  readonly marked: boolean;
}

/**
 * C0, DEL and C1 controls; soft hyphen; Arabic letter mark; Mongolian vowel separator; zero-width, directional and
 * invisible format characters; line and paragraph separator; BOM; interlinear marks; tags; and halves of surrogate pairs.
 * U+FFFD is marked too: it stands for bytes that are not UTF-8.
 */
const UNSAFE =
  /[\0-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffd]|[\u{e0000}-\u{e0fff}]|\p{Cs}/gu;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['\ufffd', '\ufffd'],
]);

/** Parts whose texts, joined, read like `text`, with each dangerous character written out. */
export function safeParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(UNSAFE)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), marked: false });
    parts.push({ text: writtenOut(match[0]), marked: true });
    end = match.index + match[0].length;
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), marked: false });
  return parts;
}

/** The same as one text, for titles and names that are read aloud. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, writtenOut);
}

/** True where nothing needs a mark: the common case, told without making parts. */
export function isSafe(text: string): boolean {
  return text.search(UNSAFE) < 0;
}

function writtenOut(char: string): string {
  return NAMED.get(char) ?? `\\u{${char.codePointAt(0)!.toString(16)}}`;
}
