import { describe, expect, it } from 'vitest';
import { storeOf } from '../testing/store-of.ts';
import { concat, readable, type Bytes } from '../base/bytes.ts';
import { imageOf } from '../testing/image-of.ts';
import { FakeRegistry } from '../testing/fake-registry.ts';
import { tarOf } from '../testing/tar-of.ts';
import { NO_ACCESS } from '../sources/access.ts';
import { runFilesJob } from './file-job.ts';
import { KnownBlobs } from './known-blobs.ts';
import type { FileJob, FilesMessage } from './protocol.ts';

const TEXT = 'root:x:0:0\n'.repeat(20);
const image = imageOf({ layers: [tarOf([{ name: 'passwd', content: TEXT }])] });
const blob = image.blobs.get(image.layers[0]!.digest)!;

async function read(job: FileJob, opening: Parameters<typeof runFilesJob>[2], known: KnownBlobs) {
  const pieces: Bytes[] = [];
  let last: FilesMessage | null = null;
  await runFilesJob(
    job,
    (message) => {
      if (message.type === 'bytes') pieces.push(message.bytes);
      last = message;
    },
    opening,
    known,
  );
  return { text: readable(concat(pieces)), last };
}

describe('a thread that reads files', () => {
  it('asks the store once for a layer that was found right, and the place where that is gone', async () => {
    const registry = await FakeRegistry.start();
    try {
      registry.push('app', 'one', image);
      const store = await storeOf();
      const [descriptor] = image.layers;
      const job: FileJob = {
        kind: 'file',
        origin: { kind: 'registry', registry: registry.host, repository: 'app', tag: 'one' },
        access: NO_ACCESS,
        descriptor: descriptor!,
        isVerified: true,
        place: {
          compression: 'gzip',
          dataOffset: 512,
          dataSize: TEXT.length,
          size: TEXT.length,
          sparse: null,
        },
        points: null,
        window: { start: 5, end: 30 },
      };
      await store.keep(descriptor!, blob);
      const asked = { count: 0 };
      const counting = new Proxy(store, {
        get(target, name) {
          if (name === 'blob') asked.count++;
          const value = Reflect.get(target, name) as unknown;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const known = new KnownBlobs();
      const right = { text: TEXT.slice(5, 30), last: { type: 'done', atHand: true } };
      expect(await read(job, Promise.resolve(counting), known)).toEqual(right);
      expect(await read(job, Promise.resolve(counting), known)).toEqual(right);
      expect(asked.count).toBe(1);
      // Not before all of it was found right: what is kept may be damaged, and fetched anew.
      await read({ ...job, isVerified: false }, Promise.resolve(counting), known);
      expect(asked.count).toBe(2);

      const broken = new Blob([blob]);
      broken.slice = () =>
        ({ stream: () => new ReadableStream({ pull: (c) => c.error(new Error('gone')) }) }) as never;
      known.set(descriptor!.digest, broken);
      // What comes from there was not found right by anyone.
      expect(await read(job, Promise.resolve(null), known)).toEqual({
        text: right.text,
        last: { type: 'done', atHand: false },
      });
      expect(known.get(descriptor!.digest)).toBeNull();
    } finally {
      await registry.stop();
    }
  });
});
