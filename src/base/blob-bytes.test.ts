import { describe, expect, it } from 'vitest';
import { bytesOf } from './blob-bytes.ts';
import { concat, equalBytes } from './bytes.ts';

const BYTES = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 7 + (i >> 8));

/** A browser whose Blobs give plain streams only, and hears of it when their reading is cancelled. */
class PlainBlob extends Blob {
  cancelled = false;
  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = 0;
    return new ReadableStream({
      pull: async (controller) => {
        const piece = new Uint8Array(await this.slice(at, (at += 65_536)).arrayBuffer());
        if (piece.length > 0) controller.enqueue(piece);
        else controller.close();
      },
      cancel: () => void (this.cancelled = true),
    });
  }
}

describe('the bytes of a Blob', () => {
  it.each([
    ['into a buffer of ours', new Blob([BYTES])],
    ['into fresh ones', new PlainBlob([BYTES])],
  ])('come in order, %s', async (_, blob) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytesOf(blob)) pieces.push(piece.slice());
    expect(pieces.length).toBeGreaterThan(1);
    expect(equalBytes(concat(pieces), BYTES)).toBe(true);
    for await (const piece of bytesOf(blob.slice(0, 0))) expect(piece).toBeUndefined();
  });

  it('are not read on when nobody wants them', async () => {
    const blob = new PlainBlob([BYTES]);
    for await (const piece of bytesOf(blob)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(blob.cancelled).toBe(true);
  });
});
