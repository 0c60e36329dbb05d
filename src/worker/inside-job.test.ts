/** How often the layer is read for what a file says of itself. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { NO_ACCESS } from '../sources/access.ts';
import { contentOf } from '../sources/blob-content.ts';
import type { Content } from '../sources/source.ts';
import { describeBytes } from '../testing/image-of.ts';
import { pdfOf } from '../testing/pdf-of.ts';
import { Random } from '../testing/random.ts';
import { tarOf } from '../testing/tar-of.ts';
import { runInsideJob } from './inside-job.ts';
import type { InsideJob, InsideMessage } from './protocol.ts';

// Its end tells where its start is, with much between them.
const pdf = pdfOf({ by: 'table', title: 'Stone', pages: 4500, script: '' });
const tar = tarOf([
  { name: 'before', content: new Random(1).bytes(500_000) },
  { name: 'a.pdf', content: pdf },
]);
const dataOffset = Buffer.from(tar).indexOf('%PDF');

async function look(compression: 'none' | 'gzip', all: Bytes | null) {
  const blob: Bytes = compression === 'none' ? tar : new Uint8Array(gzipSync(tar));
  const descriptor = describeBytes('', blob);
  const content = contentOf(new Blob([blob]));
  let opened = 0;
  const counting: Content = {
    open(what, options) {
      opened++;
      return content.open(what, options);
    },
  };
  const job: InsideJob = {
    kind: 'inside',
    origin: { kind: 'layout', url: 'http://127.0.0.1/' },
    access: NO_ACCESS,
    descriptor,
    isVerified: false,
    place: { compression, dataOffset, dataSize: pdf.length, size: pdf.length, sparse: null },
    points: null,
    all,
    look: { kind: 'pdf' },
  };
  let last: InsideMessage | null = null;
  await runInsideJob(
    job,
    counting,
    () => true,
    (message) => (last = message),
  );
  return { opened, last: last as InsideMessage | null };
}

describe('what a file says of itself', () => {
  it('is read here and there where that costs nothing', async () => {
    const { opened, last } = await look('none', null);
    expect(opened).toBeGreaterThan(1);
    expect(last).toMatchObject({ type: 'done', inside: { kind: 'pdf' } });
  });

  it('is read in one go where each reading would begin at the start of the layer', async () => {
    const { last } = await look('none', null);
    const { opened, last: same } = await look('gzip', null);
    expect(opened).toBe(1);
    expect(same).toEqual(last);
  });

  it('is not read where all of the file is there', async () => {
    const { last } = await look('none', null);
    const { opened, last: same } = await look('gzip', pdf);
    expect(opened).toBe(0);
    expect(same).toEqual(last);
  });
});
