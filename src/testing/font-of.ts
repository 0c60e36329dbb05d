/** A TrueType font by hand (OpenType 1.9.1): every letter is a box. Small, whole, and taken by browsers. */
import { concat, type Bytes } from '../base/bytes.ts';

/** Big-endian numbers of 16 bits. */
function words(...values: readonly number[]): Bytes {
  const bytes = new Uint8Array(values.length * 2);
  values.forEach((value, i) => new DataView(bytes.buffer).setUint16(i * 2, value & 0xffff));
  return bytes;
}

const utf16 = (text: string) => words(...[...text].map((char) => char.charCodeAt(0)));
const long = (value: number) => [value >>> 16, value & 0xffff];

export function fontOf({ family }: { readonly family: string }): Bytes {
  // Glyph 0 is empty; glyph 1 is a box of 100 to 900.
  const box = concat([
    words(1, 100, 0, 900, 800, 3, 0),
    Uint8Array.of(1, 1, 1, 1),
    words(100, 800, 0, -800),
    words(0, 0, 800, 0),
  ]);
  // Format 4: U+0021 to U+007E are glyph 1, each by a difference of its own: by an array.
  const first = 0x21;
  const last = 0x7e;
  const glyphs = Array.from({ length: last - first + 1 }, () => 1);
  const cmap = [
    4,
    32 + glyphs.length * 2,
    0,
    4,
    4,
    1,
    0,
    last,
    0xffff,
    0,
    first,
    0xffff,
    0,
    1,
    4,
    0,
    ...glyphs,
  ];
  const names: [number, string][] = [
    [0, 'Nobody owns it'],
    [1, family],
    [2, 'Regular'],
    [3, `${family} 1.0`],
    [4, family],
    [5, 'Version 1.0'],
    [6, family.replaceAll(' ', '')],
  ];
  let at = 0;
  const records = names.flatMap(([id, text]) => {
    const record = [3, 1, 0x409, id, text.length * 2, at];
    at += text.length * 2;
    return record;
  });
  const tables: [string, Bytes][] = [
    [
      'OS/2',
      words(
        4,
        500,
        400,
        5,
        0,
        650,
        700,
        0,
        140,
        650,
        700,
        0,
        480,
        50,
        250,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0x2020,
        0x2020,
        0x40,
        first,
        last,
        800,
        -200,
        90,
        1000,
        200,
        1,
        0,
        0,
        0,
        500,
        700,
        0,
        32,
        1,
      ),
    ],
    ['cmap', words(0, 1, 3, 1, ...long(12), ...cmap)],
    ['glyf', box],
    [
      'head',
      words(
        1,
        0,
        1,
        0,
        0,
        0,
        0x5f0f,
        0x3cf5,
        3,
        1000,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        100,
        0,
        900,
        800,
        0,
        8,
        2,
        0,
        0,
      ),
    ],
    ['hhea', words(1, 0, 800, -200, 90, 1000, 100, 100, 900, 1, 0, 0, 0, 0, 0, 0, 0, 2)],
    ['hmtx', words(1000, 0, 1000, 100)],
    ['loca', words(0, 0, box.length / 2)],
    ['maxp', words(1, 0, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)],
    [
      'name',
      concat([
        words(0, names.length, 6 + names.length * 12, ...records),
        ...names.map(([, text]) => utf16(text)),
      ]),
    ],
    ['post', words(3, 0, 0, 0, -100, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
  ];
  let offset = 12 + tables.length * 16;
  const directory: Bytes[] = [];
  const bodies: Bytes[] = [];
  for (const [tag, body] of tables) {
    const padded = concat([body, new Uint8Array((4 - (body.length % 4)) % 4)]);
    const view = new DataView(padded.buffer);
    let sum = 0;
    for (let i = 0; i < padded.length; i += 4) sum = (sum + view.getUint32(i)) >>> 0;
    directory.push(
      concat([
        Uint8Array.from(tag, (char) => char.charCodeAt(0)),
        words(...long(sum), ...long(offset), ...long(body.length)),
      ]),
    );
    bodies.push(padded);
    offset += padded.length;
  }
  return concat([words(1, 0, tables.length, 128, 3, 32), ...directory, ...bodies]);
}
