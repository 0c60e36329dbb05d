/** What a frame has unpacked to lately: room for a block, and the window before it. */
import type { Bytes } from '../../base/bytes.ts';
import { PADDING } from './bits.ts';
import { MAX_BLOCK } from './block.ts';

const FIRST_LENGTH = 512 * 1024;
/**
 * Room past the window, as much as the window within these bounds. When it is used up the window moves to the start:
 * with as much room as window each byte moves once.
 */
const MIN_ROOM = 1024 * 1024;
const MAX_ROOM = 32 * 1024 * 1024;

export class ZstdWindow {
  bytes: Bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  /** Where the next block goes. */
  position = 0;
  size = 0;

  /** A frame begins. Memory grows with what comes, not with what the header claims. */
  begin(size: number): void {
    this.position = 0;
    this.size = size;
  }

  /** Makes room for one more block at `position`, and PADDING after it. */
  reserve(): void {
    const needed = this.position + MAX_BLOCK + PADDING;
    if (needed <= this.bytes.length) return;
    const most = this.size + Math.min(Math.max(this.size, MIN_ROOM), MAX_ROOM) + MAX_BLOCK + PADDING;
    if (needed <= most) {
      const bytes = new Uint8Array(Math.min(most, Math.max(needed, FIRST_LENGTH, this.bytes.length * 2)));
      bytes.set(this.bytes.subarray(0, this.position));
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
      return;
    }
    this.bytes.copyWithin(0, this.position - this.size, this.position);
    this.position = this.size;
  }
}
