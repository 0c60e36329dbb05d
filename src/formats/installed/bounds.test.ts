/** Databases that were made to take all memory, or for ever. */
import { describe, expect, it } from 'vitest';
import { concat, utf8, type Bytes } from '../../base/bytes.ts';
import { readApkDatabase } from './apk.ts';
import { readDpkgStatus } from './dpkg.ts';
import { readPythonRecord } from './python.ts';
import { readRpmHeader } from './rpm.ts';

const TOO_LARGE = expect.objectContaining({
  failure: expect.objectContaining({ code: 'too-large' }),
}) as Error;
const LONG = 'x'.repeat(60_000);

/** Tag, type and value of each entry (rpm.ts says how). */
function headerOf(
  entries: readonly (readonly [tag: number, type: number, count: number, value: Bytes])[],
): Bytes {
  const words = (...values: number[]) => {
    const view = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, i) => view.setUint32(i * 4, value));
    return new Uint8Array(view.buffer);
  };
  const data = concat(entries.map(([, , , value]) => value));
  let at = 0;
  const index = entries.map(([tag, type, count, value]) => {
    const entry = words(tag, type, at, count);
    at += value.length;
    return entry;
  });
  return concat([words(entries.length, data.length), ...index, data]);
}

describe('a database', () => {
  it('of one long folder and very many files is refused', () => {
    const lines = `P:a\nF:${LONG}\n${'R:x\n'.repeat(5000)}\n`;
    expect(() => readApkDatabase(utf8(lines))).toThrow(TOO_LARGE);
    expect(() => readPythonRecord(utf8('x\n'.repeat(5000)), `/${LONG}`)).toThrow(TOO_LARGE);
    const header = headerOf([
      [1000, 6, 1, utf8('a\0')],
      [1118, 8, 1, utf8(`/${LONG}/\0`)],
      [1116, 4, 5000, new Uint8Array(20_000)],
      [1117, 8, 5000, utf8('x\0'.repeat(5000))],
    ]);
    expect(() => readRpmHeader(header)).toThrow(TOO_LARGE);
  });

  it('of a folder that is no path is read without it', () => {
    const header = headerOf([
      [1000, 6, 1, utf8('a\0')],
      [1118, 8, 1, utf8(`/${'x'.repeat(1_000_000)}/\0`)],
      [1116, 4, 200_000, new Uint8Array(800_000)],
      [1117, 8, 200_000, utf8('x\0'.repeat(200_000))],
    ]);
    expect(readRpmHeader(header)!.paths).toHaveLength(0);
  });

  it('of more packages than any has is refused', () => {
    expect(() => readDpkgStatus(utf8('Package: a\n\n'.repeat(200_001)))).toThrow(TOO_LARGE);
    expect(() => readApkDatabase(utf8('P:a\n\n'.repeat(200_001)))).toThrow(TOO_LARGE);
  });
});
