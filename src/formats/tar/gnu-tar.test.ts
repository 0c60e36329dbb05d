/**
 * Tars that GNU tar wrote from real files, in every format it knows: we list what `tar tv` lists, and hold the bytes
 * that were archived.
 */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { equalBytes, readable } from '../../base/bytes.ts';
import { readTar } from '../../testing/read-tar.ts';
import type { TarEntry } from './entry.ts';

let folder: string;
const env = { ...process.env, TZ: 'UTC0', LC_ALL: 'C' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gnu-tar-'));
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'dir'), { recursive: true });
  writeFileSync(join(tree, 'dir/file'), 'hello\n', { mode: 0o640 });
  writeFileSync(join(tree, 'empty'), '');
  writeFileSync(join(tree, 'block'), new Uint8Array(512).fill(0x62));
  linkSync(join(tree, 'block'), join(tree, 'dir/hard'));
  symlinkSync('../empty', join(tree, 'dir/soft'));
  execFileSync('mkfifo', [join(tree, 'pipe')]);
  // Thirty stretches of data: more than fit an old GNU header, or one extension block.
  const sparse = openSync(join(tree, 'sparse'), 'w');
  for (let i = 0; i < 30; i++) writeSync(sparse, `data ${i}`, i * 128 * 1024);
  ftruncateSync(sparse, 8 * 1024 * 1024 + 5);
  closeSync(sparse);
  for (const name of ['dir/file', 'empty', 'block', 'sparse', 'pipe', 'dir', '.']) {
    utimesSync(join(tree, name), 1_400_000_000, 1_400_000_000);
  }
  lutimesSync(join(tree, 'dir/soft'), 1_500_000_000, 1_500_000_000);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Names that only some formats can hold. */
const LONG = ['l'.repeat(200), `${'d'.repeat(150)}/${'f'.repeat(150)}`];

describe.each(['gnu', 'oldgnu', 'pax', 'ustar', 'v7'])('--format=%s', (format) => {
  it.each([
    ['whole files', []],
    ['--sparse', ['--sparse']],
    ['--sparse 0.0', ['--sparse', '--sparse-version=0.0']],
    ['--sparse 0.1', ['--sparse', '--sparse-version=0.1']],
  ])('%s', (_, options) => {
    const tree = join(folder, 'tree');
    const long = format === 'ustar' || format === 'v7' ? [] : LONG;
    const added = long.map((name) => {
      mkdirSync(join(tree, name, '..'), { recursive: true });
      writeFileSync(join(tree, name), name);
      return name;
    });
    // ustar and v7 have no sparse files, and GNU tar says so.
    const sparse = format === 'ustar' || format === 'v7' ? [] : options;
    const file = join(folder, 'x.tar');
    const names = ['./dir', './empty', './block', './pipe', './sparse', ...added];
    const kept = format === 'v7' ? names.filter((name) => name !== './pipe') : names;
    execFileSync('tar', [`--format=${format}`, ...sparse, '-C', tree, '-cf', file, ...kept], { env });
    const tar = readFileSync(file);
    const { entries, data, failure } = readTar([tar]);

    expect(failure).toBe(null);
    expect(entries.map(line)).toEqual(listed(file));
    for (const [i, entry] of entries.entries()) {
      if (entry.type !== '0') continue;
      const original = readFileSync(join(tree, readable(entry.name)));
      const file = new Uint8Array(entry.size);
      let at = 0;
      for (const { offset, length } of entry.sparse ?? [{ offset: 0, length: entry.size }]) {
        file.set(data[i]!.subarray(at, at + length), offset);
        at += length;
      }
      expect(equalBytes(file, original), readable(entry.name)).toBe(true);
    }
    const holes = entries.filter((entry) => entry.sparse !== null && entry.sparse.length >= 30);
    expect(holes.length).toBe(sparse.length > 0 ? 1 : 0);
  });
});

/** `tar tv`, a line an entry: mode, owner, size, time, name and link. */
function listed(file: string): string[] {
  const options = ['--full-time', '--numeric-owner', '--quoting-style=literal', '-tvf', file];
  const text = execFileSync('tar', options, { env, encoding: 'utf8' });
  return text
    .trimEnd()
    .split('\n')
    .map((one) => one.replace(/ +/g, ' '));
}

/** The same of an entry. */
function line(entry: TarEntry): string {
  const kind = '-hlcbdp'[Number(entry.type)]!;
  const bits = [...'rwxrwxrwx'].map((bit, i) => (entry.mode & (0o400 >> i) ? bit : '-')).join('');
  const time = new Date(entry.mtime * 1000).toISOString().replace('T', ' ').replace('.000Z', '');
  const nanos =
    entry.mtimeNanos === 0 ? '' : `.${String(entry.mtimeNanos).padStart(9, '0').replace(/0+$/, '')}`;
  const link = entry.type === '1' ? ' link to ' : entry.type === '2' ? ' -> ' : '';
  const name = `${readable(entry.name)}${link}${readable(entry.linkname)}`;
  return `${kind}${bits} ${entry.uid}/${entry.gid} ${entry.size} ${time}${nanos} ${name}`;
}
