/** What a font says of itself: the table of names of an sfnt (OpenType 1.9.1, "name"), and how many glyphs it has. */
import { Fields } from './fields.ts';
import { malformed, readExactly, type RandomAccess } from './random-access.ts';

export interface Font {
  readonly kind: 'font';
  /** What people call it, and the rest of its names, in order; empty where they are compressed. */
  readonly names: readonly (readonly [what: FontName, text: string])[];
  /** Null where it is not said in the open. */
  readonly glyphs: number | null;
  /** Of a collection: how many fonts it has. The first one is told of. */
  readonly fonts: number;
}

export type FontName = 'family' | 'style' | 'version' | 'maker' | 'designer' | 'copyright' | 'licence';

/** OpenType 1.9.1, "name", "Name IDs". */
const NAMES: ReadonlyMap<number, FontName> = new Map([
  [1, 'family'],
  [2, 'style'],
  [5, 'version'],
  [8, 'maker'],
  [9, 'designer'],
  [0, 'copyright'],
  [13, 'licence'],
]);

const MAX_TABLES = 256;
/** Bytes of the table of names: of a font with a long licence in thirty languages it is some hundred kilobytes. */
const MAX_NAMES = 1024 * 1024;
const MAX_RECORDS = 4096;
const MAX_TEXT = 2048;

export async function readFont(file: RandomAccess): Promise<Font> {
  const head = new Fields(await readExactly(file, 0, Math.min(16, file.size), 'the header'), false);
  const tag = head.u32(0);
  // Their tables are compressed (WOFF and WOFF2): the browser unpacks them, to draw.
  if (tag === 0x774f4646 || tag === 0x774f4632) return { kind: 'font', names: [], glyphs: null, fonts: 1 };
  const isCollection = tag === 0x74746366;
  const fonts = isCollection ? head.u32(8) : 1;
  const at = isCollection ? head.u32(12) : 0;
  const start = new Fields(await readExactly(file, at, 12, 'the header'), false, at);
  const count = start.u16(4);
  if (count > MAX_TABLES) malformed('it has too many tables', at);
  const directory = new Fields(await readExactly(file, at + 12, count * 16, 'the tables'), false, at + 12);
  const table = (name: number) => {
    for (let i = 0; i < count; i++)
      if (directory.u32(i * 16) === name)
        return { offset: directory.u32(i * 16 + 8), length: directory.u32(i * 16 + 12) };
    return null;
  };
  const maxp = table(0x6d617870);
  const name = table(0x6e616d65);
  return {
    kind: 'font',
    names: name === null ? [] : await readNames(file, name),
    glyphs:
      maxp === null ? null : new Fields(await readExactly(file, maxp.offset, 6, 'a table'), false).u16(4),
    fonts,
  };
}

async function readNames(
  file: RandomAccess,
  { offset, length }: { offset: number; length: number },
): Promise<[FontName, string][]> {
  if (length > MAX_NAMES) malformed('its names are too large', offset);
  const fields = new Fields(await readExactly(file, offset, length, 'the names'), false, offset);
  const count = Math.min(fields.u16(2), MAX_RECORDS);
  const storage = fields.u16(4);
  const found = new Map<FontName, string>();
  for (let i = 0; i < count; i++) {
    const at = 6 + i * 12;
    const [platform, encoding, language, id] = [0, 2, 4, 6].map((field) => fields.u16(at + field)) as [
      number,
      number,
      number,
      number,
    ];
    const what = NAMES.get(id);
    if (what === undefined) continue;
    // Windows or Unicode, in English or in no language; else the Macintosh's, which all read as ASCII.
    const isUtf16 = platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10));
    const isEnglish =
      platform === 0 || (platform === 3 && (language & 0x3ff) === 9) || (platform === 1 && language === 0);
    if (!isEnglish || (found.has(what) && !isUtf16)) continue;
    const from = storage + fields.u16(at + 10);
    const bytes = fields.bytes.subarray(from, Math.min(from + fields.u16(at + 8), from + MAX_TEXT));
    found.set(what, new TextDecoder(isUtf16 ? 'utf-16be' : 'latin1').decode(bytes));
  }
  return [...NAMES.values()].flatMap((what) => {
    const text = found.get(what) ?? '';
    return text === '' ? [] : [[what, text] as [FontName, string]];
  });
}
