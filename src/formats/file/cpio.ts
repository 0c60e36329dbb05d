/**
 * cpio archives of the "new ASCII" format (the kernel's initramfs buffer format, early-userspace/buffer-format.rst):
 *
 *     member = magic 6, thirteen numbers of 8 hexadecimal digits, name, 0, padding to 4; data, padding to 4
 */
import { nameText, type Member, type Members, type TakesData } from './archive.ts';
import { malformed } from './random-access.ts';

const HEADER = 110;
/** Linux stops at 4096. */
const MAX_NAME = 64 * 1024;

export function isCpioHead(head: Uint8Array): boolean {
  const magic = String.fromCharCode(...head.subarray(0, 6));
  return magic === '070701' || magic === '070702';
}

/** Takes an archive as it comes, and tells of its members. */
export class CpioParser {
  readonly #members: Members;
  /** Header and name of the member that comes. */
  #held = new Uint8Array(HEADER);
  #filled = 0;
  #offset = 0;
  /** Bytes of data and padding before the next header. */
  #over = 0;
  /** Of them, those that somebody wants, and who. */
  #wanted = 0;
  #taker: TakesData | null = null;
  isDone = false;

  constructor(members: Members) {
    this.#members = members;
  }

  get skippable(): number {
    return this.#wanted > 0 ? 0 : this.#over;
  }

  skip(length: number): void {
    this.#over -= length;
    this.#offset += length;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.isDone;) {
      if (this.#over > 0) {
        const taken = Math.min(this.#wanted > 0 ? this.#wanted : this.#over, bytes.length - at);
        if (this.#wanted > 0) {
          this.#wanted -= taken;
          this.#taker?.(bytes.subarray(at, at + taken));
        }
        this.skip(taken);
        at += taken;
        continue;
      }
      const taken = Math.min(this.#held.length - this.#filled, bytes.length - at);
      this.#held.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      this.#offset += taken;
      at += taken;
      if (this.#filled === this.#held.length) this.#read();
    }
  }

  end(): void {
    if (!this.isDone) malformed('the archive ends too early', this.#offset);
  }

  #read(): void {
    if (!isCpioHead(this.#held)) malformed('no header of a member', this.#offset - this.#filled);
    const nameLength = this.#number(11);
    if (nameLength === 0 || nameLength > MAX_NAME) malformed('a name that is too long', this.#offset);
    if (this.#held.length === HEADER) {
      const whole = new Uint8Array(Math.ceil((HEADER + nameLength) / 4) * 4);
      whole.set(this.#held);
      this.#held = whole;
      return;
    }
    const name = this.#held.subarray(HEADER, HEADER + nameLength - 1);
    const [mode, mtime, size] = [this.#number(1), this.#number(5), this.#number(6)];
    this.#over = Math.ceil(size / 4) * 4;
    const text = nameText(name);
    if (text === 'TRAILER!!!') this.isDone = true;
    else {
      const type = typeOf(mode & 0o170000);
      this.#taker = this.#members.add({ name: text, type, size, mode: mode & 0o7777, mtime, link: '' });
      this.#wanted = this.#taker === null ? 0 : size;
    }
    this.#held = new Uint8Array(HEADER);
    this.#filled = 0;
  }

  #number(index: number): number {
    const text = String.fromCharCode(...this.#held.subarray(6 + index * 8, 14 + index * 8));
    return /^[\da-f]{8}$/i.test(text) ? parseInt(text, 16) : malformed('no number', this.#offset);
  }
}

function typeOf(format: number): Member['type'] {
  if (format === 0o040000) return 'dir';
  if (format === 0o120000) return 'symlink';
  return format === 0o100000 ? 'file' : 'other';
}
