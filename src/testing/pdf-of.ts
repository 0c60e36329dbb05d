/** A PDF of some pages, written by hand (ISO 32000-1, 7.5): with a cross-reference table, or a stream and packed objects. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { concat, utf8, type Bytes } from '../base/bytes.ts';

export interface TestPdf {
  readonly by: 'table' | 'stream';
  readonly title: string;
  readonly pages: number;
  /** Runs when it is opened, and again by name, in viewers that run scripts. */
  readonly script: string;
  /** What its pages lead to, when they are opened, when they are clicked, and to be drawn at all. */
  readonly lead?: string;
  /** It opens with it only (table only, and by the oldest of the ways: 7.6.3, revision 2). Its strings are left as they are. */
  readonly password?: string;
}

const utf16 = (text: string) =>
  `<feff${[...text].map((char) => char.charCodeAt(0).toString(16).padStart(4, '0')).join('')}>`;

export function pdfOf({ by, title, pages, script, lead, password }: TestPdf): Bytes {
  const kids = Array.from({ length: pages }, (_, i) => `${6 + i} 0 R`).join(' ');
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R /Names << /JavaScript << /Names [(x) 4 0 R] >> >> >>`,
    `<< /Type /Pages /Kids [${kids}] /Count 5 0 R >>`,
    `<< /Title ${utf16(title)} >>`,
    `<< /S /JavaScript /JS (${script}) >>`,
    String(pages),
    ...Array.from(
      { length: pages },
      () => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] ${leads(lead)} >>`,
    ),
  ];
  return by === 'table' ? withTable(objects, password) : withStream(objects);
}

function leads(lead: string | undefined): string {
  if (lead === undefined) return '';
  const action = `<< /S /URI /URI (${lead}) >>`;
  const file = `<< /Type /Filespec /FS /URL /F (${lead}) >>`;
  return `/AA << /O ${action} >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] /A ${action} >>
<< /Type /Annot /Subtype /Movie /Rect [0 0 99 99] /Movie << /F ${file} >> /A true >>]`;
}

/** RC4 (7.6.2). */
function rc4(key: Uint8Array, data: Uint8Array): Bytes {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  const swap = (i: number, j: number) => ([state[i], state[j]] = [state[j]!, state[i]!]);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i]! + key[i % key.length]!) & 255;
    swap(i, j);
  }
  let j = 0;
  return Uint8Array.from(data, (byte, n) => {
    const i = (n + 1) & 255;
    j = (j + state[i]!) & 255;
    swap(i, j);
    return byte ^ state[(state[i]! + state[j]!) & 255]!;
  });
}

/** Algorithms 2, 3 and 4 of 7.6.3, for 40 bits. */
function encryption(password: string): string {
  const filling = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
  const padded = Buffer.concat([Buffer.from(password), filling]).subarray(0, 32);
  const md5 = (...parts: Uint8Array[]) =>
    createHash('md5').update(Buffer.concat(parts)).digest().subarray(0, 5);
  const hex = (bytes: Uint8Array) => `<${Buffer.from(bytes).toString('hex')}>`;
  const owner = rc4(md5(padded), padded);
  const key = md5(padded, owner, Uint8Array.of(252, 255, 255, 255), Buffer.from(ID));
  return `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${hex(owner)} /U ${hex(rc4(key, filling))} /P -4 >>`;
}

const ID = 'one of a kind...';

function withTable(objects: readonly string[], password?: string): Bytes {
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  const lines = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}`;
  const secret = password === undefined ? '' : `${encryption(password)} /ID [(${ID}) (${ID})]`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 3 0 R ${secret} >>\nstartxref\n${table}\n%%EOF\n`;
  return utf8(text);
}

/** Object streams (7.5.7) and a cross-reference stream with the predictor that all writers use (7.5.8). */
function withStream(objects: readonly string[]): Bytes {
  const holder = objects.length + 1;
  let pairs = '';
  let body = '';
  objects.forEach((object, i) => {
    pairs += `${i + 1} ${body.length} `;
    body += `${object} `;
  });
  const packed = deflateSync(pairs + body);
  const head = utf8('%PDF-1.7\n');
  const stream = (number: number, entries: string, data: Uint8Array) =>
    concat([
      utf8(`${number} 0 obj\n<< ${entries} /Filter /FlateDecode /Length ${data.length} >>\nstream\r\n`),
      data,
      utf8('\nendstream\nendobj\n'),
    ]);
  const first = stream(holder, `/Type /ObjStm /N ${objects.length} /First ${pairs.length}`, packed);
  const table = head.length + first.length;
  const rows = [[0, 0, 0], ...objects.map((_, i) => [2, holder, i]), [1, head.length, 0], [1, table, 0]];
  const width = 5;
  let before = new Uint8Array(width);
  const predicted = rows.map(([type = 0, second = 0, third = 0]) => {
    const row = Uint8Array.of(type, second >> 16, (second >> 8) & 255, second & 255, third);
    const coded = Uint8Array.of(2, ...row.map((byte, i) => byte - before[i]!));
    before = row;
    return coded;
  });
  const entries = `/Type /XRef /Size ${rows.length} /W [1 3 1] /Root 1 0 R /Info 3 0 R /DecodeParms << /Predictor 12 /Columns ${width} >>`;
  const last = stream(holder + 1, entries, deflateSync(concat(predicted)));
  return concat([head, first, last, utf8(`startxref\n${table}\n%%EOF\n`)]);
}
