/** SHA-256 (FIPS 180-4, section 6.2), as its bytes come: WebCrypto's takes only what is in memory whole. */

import { compress } from './sha256-rounds.ts';

const BLOCK = 64;

export class Sha256 {
  readonly #h = new Int32Array([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;

  update(bytes: Uint8Array): void {
    const used = this.#length % BLOCK;
    this.#length += bytes.length;
    let at = 0;
    if (used > 0) {
      at = Math.min(BLOCK - used, bytes.length);
      this.#rest.set(bytes.subarray(0, at), used);
      if (used + at < BLOCK) return;
      compress(this.#h, this.#rest, 0, BLOCK);
    }
    const whole = bytes.length - ((bytes.length - at) % BLOCK);
    if (whole > at) compress(this.#h, bytes, at, whole);
    this.#rest.set(bytes.subarray(whole));
  }

  /** The 32 bytes. Nothing may follow. */
  digest(): Uint8Array<ArrayBuffer> {
    const used = this.#length % BLOCK;
    const tail = new Uint8Array(used < 56 ? BLOCK : 2 * BLOCK);
    tail.set(this.#rest.subarray(0, used));
    tail[used] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(this.#length / 2 ** 29));
    view.setUint32(tail.length - 4, (this.#length * 8) % 2 ** 32);
    compress(this.#h, tail, 0, tail.length);
    const out = new DataView(new ArrayBuffer(32));
    this.#h.forEach((word, i) => out.setInt32(i * 4, word));
    return new Uint8Array(out.buffer);
  }
}
