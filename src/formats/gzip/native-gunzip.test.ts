import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NativeGunzip } from './native-gunzip.ts';

const ZEROS = new Uint8Array(gzipSync(new Uint8Array(8 * 1024 * 1024)));

async function unpack(onOutput: (bytes: Uint8Array) => void): Promise<void> {
  const inflate = new NativeGunzip(onOutput);
  for (let at = 0; at < ZEROS.length; at += 512) await inflate.push(ZEROS.slice(at, at + 512));
  await inflate.end();
}

describe('the native inflate', () => {
  it('gives all that there is', async () => {
    let length = 0;
    await unpack((bytes) => (length += bytes.length));
    expect(length).toBe(8 * 1024 * 1024);
  });

  it('ends with what its reader throws, and does not wait for room that nobody makes', async () => {
    const bug = new RangeError('Array buffer allocation failed');
    const failing = unpack(() => {
      throw bug;
    });
    await expect(failing).rejects.toBe(bug);
  }, 5000);
});
