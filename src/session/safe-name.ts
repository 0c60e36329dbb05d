/** A name from an image as a name for a file on any disk. */
import { readable, utf8 } from '../base/bytes.ts';

/** Bytes of UTF-8. Disks take 255 a name; browsers put a number or an ending behind it. */
const MAX_NAME = 200;
/** Of an ending that is kept where a name is cut. UTF-16 code units, its dot included. */
const MAX_ENDING = 16;

/**
 * Controls, format characters (all that turns the order of text around or is invisible), private ones and halves of
 * surrogate pairs; separators of paths and what Windows does not take ("Naming Files, Paths, and Namespaces"); U+FFFD, which
 * stands for bytes that are not UTF-8; spaces of other kinds, which are not told from one.
 */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}/\\<>:"|?*\ufffd\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;
/** Names of devices on Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** Never empty, `.` or `..`; no more than 200 bytes; the ending kept. */
export function safeName(name: Uint8Array): string {
  const plain = readable(name)
    .replace(UNSAFE, '_')
    .replace(/\p{Zs}/gu, ' ')
    .replace(/^ +/, '')
    .replace(/[. ]+$/, '');
  if (plain === '') return 'file';
  return cut(DEVICE.test(plain) ? `_${plain}` : plain);
}

function cut(name: string): string {
  if (utf8(name).length <= MAX_NAME) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= MAX_ENDING ? name.slice(dot) : '';
  let left = MAX_NAME - utf8(ending).length;
  let kept = '';
  // By characters: none is cut in two.
  for (const char of name) {
    left -= utf8(char).length;
    if (left < 0) break;
    kept += char;
  }
  return `${kept.replace(/[. ]+$/, '')}${ending}`;
}
