/** What the header of an entry says, as a person reads it. */
import { decodeUtf8, toBase64, toHex } from '../../base/bytes.ts';
import { BLOCK, CHAR, DIR, FIFO, FILE, HARDLINK, SYMLINK, type EntryType } from '../../image/layer-index.ts';
import { isSafe } from '../shared/safe-text.ts';
import type { IconName } from '../shared/icon-paths.ts';

export const TYPE_WORDS: Readonly<Record<EntryType, string>> = {
  [FILE]: 'file',
  [HARDLINK]: 'hard link',
  [SYMLINK]: 'symbolic link',
  [CHAR]: 'character device',
  [BLOCK]: 'block device',
  [DIR]: 'folder',
  [FIFO]: 'named pipe',
};

export const TYPE_ICONS: Readonly<Record<EntryType, IconName>> = {
  [FILE]: 'file',
  [HARDLINK]: 'hardlink',
  [SYMLINK]: 'symlink',
  [CHAR]: 'device',
  [BLOCK]: 'device',
  [DIR]: 'dir',
  [FIFO]: 'fifo',
};

/** ECMAScript's time range: 100 million days around 1970. */
const MAX_SECONDS = 8.64e12;

/** `2023-02-05 10:00` in UTC: the same on every machine. Seconds since 1970 where no calendar reaches. */
export function minuteText(seconds: number): string {
  return Math.abs(seconds) > MAX_SECONDS
    ? `${seconds} s`
    : new Date(seconds * 1000).toISOString().slice(0, -8).replace('T', ' ');
}

/** `2023-02-05 10:00:00.25 UTC`, to the nanosecond where the tar has it. */
export function instantText(seconds: number, nanos: number): string {
  if (Math.abs(seconds) > MAX_SECONDS) return `${seconds} s since 1970`;
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5).replace('T', ' ');
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${whole}${fraction} UTC`;
}

/** `root:shadow`, numbers where there are no names. */
export function ownerText(owner: { uid: number; gid: number; uname: string; gname: string }): string {
  return `${owner.uname || owner.uid}:${owner.gname || owner.gid}`;
}

export interface ValueText {
  readonly how: 'text' | 'base64' | 'hex';
  readonly text: string;
}

/** Up to here hexadecimal is easier on the eye than base64. Bytes. */
const HEX_LENGTH = 32;

/** The value of an xattr: as text where it is one (a final NUL, as SELinux writes it, left out), else as bytes. */
export function valueText(bytes: Uint8Array): ValueText {
  const text = decodeUtf8(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes);
  if (text !== null && isSafe(text.replaceAll('\n', ''))) return { how: 'text', text };
  return bytes.length <= HEX_LENGTH
    ? { how: 'hex', text: toHex(bytes) }
    : { how: 'base64', text: toBase64(bytes) };
}
