/**
 * Stanzas of fields, as dpkg's database (deb822(5)) and Python's metadata (RFC 822) have them: `Name: value`, lines that begin
 * with white space go on with the field before, an empty line ends the stanza.
 */
import { readable } from '../../base/bytes.ts';
import { linesOf } from './path-list.ts';

/** Field names in lower case. What comes twice in a stanza is believed once. */
export type Stanza = ReadonlyMap<string, string>;

/** Bytes of a field. */
const MAX_FIELD = 64 * 1024;
const COLON = 0x3a;

/** The stanzas, as far as they are such. */
export function* stanzasOf(bytes: Uint8Array): Generator<Stanza, void, undefined> {
  let stanza = new Map<string, string>();
  let last = '';
  for (const line of linesOf(bytes)) {
    const text = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
    if (text.length === 0) {
      if (stanza.size > 0) yield stanza;
      stanza = new Map();
      last = '';
    } else if (text[0] === 0x20 || text[0] === 0x09) {
      const before = stanza.get(last);
      if (before !== undefined && before.length < MAX_FIELD)
        stanza.set(last, `${before}\n${readable(text.subarray(1, MAX_FIELD))}`);
    } else {
      const colon = text.indexOf(COLON);
      if (colon <= 0) continue;
      last = readable(text.subarray(0, colon)).toLowerCase();
      if (stanza.has(last)) last = '';
      else stanza.set(last, readable(text.subarray(colon + 1, colon + 1 + MAX_FIELD)).trim());
    }
  }
  if (stanza.size > 0) yield stanza;
}
