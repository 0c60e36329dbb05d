/**
 * SHA-512 and SHA-384 (FIPS 180-4, sections 6.4 and 6.5) as their bytes come; 64-bit words as two 32-bit halves.
 * Plain rather than fast: next to no image uses them.
 */

interface Constants {
  /** The first 64 bits of the fractional parts of the cube roots of the first 80 primes: high and low halves. */
  readonly k: Int32Array;
  readonly sha512: Int32Array;
  readonly sha384: Int32Array;
}

/** Made when first needed, which is next to never: it takes some milliseconds, and the page has none to spare at its start. */
let constants: Constants | null = null;

function makeConstants(): Constants {
  return { k: fractions(80, 3n), sha512: fractions(8, 2n), sha384: fractions(16, 2n).slice(16) };
}

/** Computed rather than listed: 160 numbers would be here. Once, in BigInt; the loop itself has none. */
function fractions(count: number, root: bigint): Int32Array {
  const halves = new Int32Array(count * 2);
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((p) => n % p !== 0n)) primes.push(n);
  primes.forEach((prime, i) => {
    // floor(prime^(1/root) * 2^64), by bisection over exact integers; the low 64 bits are the fraction.
    const target = prime << (64n * root);
    let low = 0n;
    let high = 1n << 70n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** root <= target) low = middle;
      else high = middle;
    }
    halves[i * 2] = Number(BigInt.asIntN(32, low >> 32n));
    halves[i * 2 + 1] = Number(BigInt.asIntN(32, low));
  });
  return halves;
}

const BLOCK = 128;
const CARRY = 2 ** 32;

export class Sha512 {
  readonly #h: Int32Array;
  readonly #k: Int32Array;
  readonly #digestLength: number;
  readonly #w = new Int32Array(160);
  readonly #rest = new Uint8Array(BLOCK);
  #length = 0;

  constructor(algorithm: 'sha384' | 'sha512') {
    constants ??= makeConstants();
    this.#k = constants.k;
    this.#h = constants[algorithm].slice();
    this.#digestLength = algorithm === 'sha384' ? 48 : 64;
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const used = this.#length % BLOCK;
      const part = bytes.subarray(at, at + BLOCK - used);
      this.#rest.set(part, used);
      this.#length += part.length;
      at += part.length;
      if (used + part.length === BLOCK) compress(this.#h, this.#w, this.#rest, this.#k);
    }
  }

  /** The 48 or 64 bytes. Nothing may follow. */
  digest(): Uint8Array<ArrayBuffer> {
    const length = this.#length;
    const used = length % BLOCK;
    const tail = new Uint8Array((used < 112 ? BLOCK : 2 * BLOCK) - used);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(tail.length - 4, (length * 8) % 2 ** 32);
    this.update(tail);
    const out = new DataView(new ArrayBuffer(64));
    this.#h.forEach((half, i) => out.setInt32(i * 4, half));
    return new Uint8Array(out.buffer).slice(0, this.#digestLength);
  }
}

function compress(h: Int32Array, w: Int32Array, block: Uint8Array, k: Int32Array): void {
  const view = new DataView(block.buffer);
  for (let i = 0; i < 32; i++) w[i] = view.getInt32(i * 4);
  for (let i = 32; i < 160; i += 2) {
    const xh = w[i - 30]!;
    const xl = w[i - 29]!;
    const yh = w[i - 4]!;
    const yl = w[i - 3]!;
    const s0h = ((xh >>> 1) | (xl << 31)) ^ ((xh >>> 8) | (xl << 24)) ^ (xh >>> 7);
    const s0l = ((xl >>> 1) | (xh << 31)) ^ ((xl >>> 8) | (xh << 24)) ^ ((xl >>> 7) | (xh << 25));
    const s1h = ((yh >>> 19) | (yl << 13)) ^ ((yl >>> 29) | (yh << 3)) ^ (yh >>> 6);
    const s1l = ((yl >>> 19) | (yh << 13)) ^ ((yh >>> 29) | (yl << 3)) ^ ((yl >>> 6) | (yh << 26));
    const low = (w[i - 31]! >>> 0) + (s0l >>> 0) + (w[i - 13]! >>> 0) + (s1l >>> 0);
    w[i + 1] = low;
    w[i] = w[i - 32]! + s0h + w[i - 14]! + s1h + ((low / CARRY) | 0);
  }
  // a to h, each as high and low half; sums of low halves are exact as doubles, and their carry is what is above 2^32.
  let [ah, al, bh, bl] = [h[0]!, h[1]!, h[2]!, h[3]!];
  let [ch, cl, dh, dl] = [h[4]!, h[5]!, h[6]!, h[7]!];
  let [eh, el, fh, fl] = [h[8]!, h[9]!, h[10]!, h[11]!];
  let [gh, gl, hh, hl] = [h[12]!, h[13]!, h[14]!, h[15]!];
  for (let i = 0; i < 160; i += 2) {
    const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
    const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
    const chosen = (gl ^ (el & (fl ^ gl))) >>> 0;
    const t1l = (hl >>> 0) + (s1l >>> 0) + chosen + (k[i + 1]! >>> 0) + (w[i + 1]! >>> 0);
    const t1h = (hh + s1h + (gh ^ (eh & (fh ^ gh))) + k[i]! + w[i]! + ((t1l / CARRY) | 0)) | 0;
    const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
    const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
    const t2l = (s0l >>> 0) + (((al & bl) | (cl & (al | bl))) >>> 0);
    const t2h = (s0h + ((ah & bh) | (ch & (ah | bh))) + ((t2l / CARRY) | 0)) | 0;
    hh = gh;
    hl = gl;
    gh = fh;
    gl = fl;
    fh = eh;
    fl = el;
    const e = (dl >>> 0) + (t1l >>> 0);
    eh = (dh + t1h + ((e / CARRY) | 0)) | 0;
    el = e | 0;
    dh = ch;
    dl = cl;
    ch = bh;
    cl = bl;
    bh = ah;
    bl = al;
    const a = (t1l >>> 0) + (t2l >>> 0);
    ah = (t1h + t2h + ((a / CARRY) | 0)) | 0;
    al = a | 0;
  }
  const halves = [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl];
  for (let i = 0; i < 16; i += 2) {
    const low = (h[i + 1]! >>> 0) + (halves[i + 1]! >>> 0);
    h[i + 1] = low;
    h[i] = h[i]! + halves[i]! + ((low / CARRY) | 0);
  }
}
