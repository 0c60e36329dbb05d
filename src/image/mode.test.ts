import { expect, it } from 'vitest';
import { BLOCK, CHAR, DIR, FIFO, FILE, HARDLINK, SYMLINK, type EntryType } from './layer-index.ts';
import { modeText } from './mode.ts';

it.each<[EntryType, number, string]>([
  [FILE, 0o644, '-rw-r--r--'],
  [FILE, 0o4755, '-rwsr-xr-x'],
  [FILE, 0o4644, '-rwSr--r--'],
  [FILE, 0o2755, '-rwxr-sr-x'],
  [FILE, 0o2745, '-rwxr-Sr-x'],
  [DIR, 0o1777, 'drwxrwxrwt'],
  [DIR, 0o1776, 'drwxrwxrwT'],
  [FILE, 0o7000, '---S--S--T'],
  [FILE, 0, '----------'],
  [SYMLINK, 0o777, 'lrwxrwxrwx'],
  [CHAR, 0o620, 'crw--w----'],
  [BLOCK, 0o660, 'brw-rw----'],
  [FIFO, 0o600, 'prw-------'],
  [HARDLINK, 0o755, '-rwxr-xr-x'],
])('type %i, mode %o is %s', (type, mode, text) => {
  expect(modeText(type, mode)).toBe(text);
});
