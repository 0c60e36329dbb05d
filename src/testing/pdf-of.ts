/** A PDF of some pages, written by hand (ISO 32000-1, 7.5): with a cross-reference table, or a stream and packed objects. */
import { deflateSync } from 'node:zlib';
import { concat, utf8, type Bytes } from '../base/bytes.ts';

export interface TestPdf {
  readonly by: 'table' | 'stream';
  readonly title: string;
  readonly pages: number;
  /** Runs when it is opened, and again by name, in viewers that run scripts. */
  readonly script: string;
}

const utf16 = (text: string) =>
  `<feff${[...text].map((char) => char.charCodeAt(0).toString(16).padStart(4, '0')).join('')}>`;

export function pdfOf({ by, title, pages, script }: TestPdf): Bytes {
  const kids = Array.from({ length: pages }, (_, i) => `${6 + i} 0 R`).join(' ');
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R /Names << /JavaScript << /Names [(x) 4 0 R] >> >> >>`,
    `<< /Type /Pages /Kids [${kids}] /Count 5 0 R >>`,
    `<< /Title ${utf16(title)} >>`,
    `<< /S /JavaScript /JS (${script}) >>`,
    String(pages),
    ...Array.from({ length: pages }, () => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>'),
  ];
  return by === 'table' ? withTable(objects) : withStream(objects);
}

function withTable(objects: readonly string[]): Bytes {
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = text.length;
  const lines = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n${table}\n%%EOF\n`;
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
