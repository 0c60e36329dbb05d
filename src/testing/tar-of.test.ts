/** The writer is only worth something while others read what it writes: GNU tar is one of them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import { tarOf } from './tar-of.ts';

/** `tar tv` of the bytes: it refuses a wrong checksum, size or record. */
function listed(bytes: Bytes): string {
  const folder = mkdtempSync(join(tmpdir(), 'tar-of-'));
  try {
    const file = join(folder, 'x.tar');
    writeFileSync(file, bytes);
    const options = ['--full-time', '--quoting-style=escape', '--numeric-owner', '-tvf', file];
    return execFileSync('tar', options, {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC0', LC_ALL: 'C' },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const long = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'f'.repeat(60)}`;

it('writes what GNU tar lists, in every dialect', () => {
  const bytes = tarOf([
    { name: 'dir/', type: 'dir', mode: 0o1777, dialect: 'v7' },
    { name: 'dir/file', content: 'hello', uid: 7, gid: 8, mtime: 1, dialect: 'v7' },
    { name: long, content: 'x', dialect: 'ustar', mode: 0o4755 },
    { name: `${long}1`, dialect: 'pax', uid: 3_000_000, mtime: 9, mtimeNanos: 750_000_000 },
    { name: `${long}2`, dialect: 'gnu', uid: 3_000_000, mtime: -1 },
    { name: 'soft', type: 'symlink', linkname: long, dialect: 'gnu' },
    { name: 'softer', type: 'symlink', linkname: long, dialect: 'pax' },
    { name: 'hard', type: 'hardlink', linkname: 'dir/file' },
    { name: 'null', type: 'char', devmajor: 1, devminor: 3 },
    { name: 'sda', type: 'block', devmajor: 8, devminor: 0 },
    { name: 'pipe', type: 'fifo' },
    { name: Uint8Array.of(0x66, 0xff), pax: { 'SCHILY.xattr.user.k': Uint8Array.of(0, 1) } },
  ]);
  expect(listed(bytes).replaceAll(long, 'LONG').replace(/ +/g, ' ')).toBe(`\
drwxrwxrwt 0/0 0 1970-01-01 00:00:00 dir/
-rw-r--r-- 7/8 5 1970-01-01 00:00:01 dir/file
-rwsr-xr-x 0/0 1 1970-01-01 00:00:00 LONG
-rw-r--r-- 3000000/0 0 1970-01-01 00:00:09.75 LONG1
-rw-r--r-- 3000000/0 0 1969-12-31 23:59:59 LONG2
lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 soft -> LONG
lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 softer -> LONG
hrw-r--r-- 0/0 0 1970-01-01 00:00:00 hard link to dir/file
crw-r--r-- 0/0 1,3 1970-01-01 00:00:00 null
brw-r--r-- 0/0 8,0 1970-01-01 00:00:00 sda
prw-r--r-- 0/0 0 1970-01-01 00:00:00 pipe
-rw-r--r-- 0/0 0 1970-01-01 00:00:00 f\\377
`);
});
