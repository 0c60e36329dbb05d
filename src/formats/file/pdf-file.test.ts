import { expect, it } from 'vitest';
import { readPdf } from './pdf.ts';

/** An object stream whose length is said by an object that lies in it. */
function circular(): Uint8Array<ArrayBuffer> {
  let text = '%PDF-1.5\n';
  const stream = text.length;
  text += '9 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Length 5 0 R >>\nstream\n5 0 <<>>\nendstream\nendobj\n';
  const hex = (n: number, width: number) => n.toString(16).padStart(width * 2, '0');
  // Type, place, and index of object 5, which lies in stream 9, and of stream 9.
  const rows = hex(2, 1) + hex(9, 4) + hex(0, 1) + hex(1, 1) + hex(stream, 4) + hex(0, 1);
  const raw = String.fromCharCode(...Buffer.from(rows, 'hex'));
  const table = text.length;
  text += `10 0 obj\n<< /Type /XRef /Size 11 /W [1 4 1] /Index [5 1 9 1] /Root 5 0 R /Length ${raw.length} >>\n`;
  text += `stream\n${raw}\nendstream\nendobj\nstartxref\n${table}\n%%EOF\n`;
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

it('a stream that needs itself to be read ends in a failure', async () => {
  const bytes = circular();
  let reads = 0;
  const file = {
    size: bytes.length,
    async read(start: number, end: number) {
      if (++reads > 1000) throw new Error('it goes round in a circle');
      return bytes.slice(start, end);
    },
    stream: () => {
      throw new Error('not asked for');
    },
  };
  await expect(readPdf(file)).rejects.toMatchObject({ failure: { code: 'malformed' } });
});
