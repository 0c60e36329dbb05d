import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { UncheckedReads } from './unchecked-reads.ts';

const { signal } = new AbortController();

/** A file of this text, which may be changed, and read from a place that is checked or not. */
function fileOf(text: string) {
  const file = { text, verified: false, asked: [] as string[] };
  const reads = new UncheckedReads((start, end) => {
    file.asked.push(`${start}-${end}`);
    const bytes = utf8(file.text.slice(start, end));
    return Promise.resolve({ bytes, size: file.text.length, verified: file.verified, atHand: file.verified });
  });
  return { file, reads };
}

describe('what was read before the layer was checked', () => {
  it('is the same, where it is', async () => {
    const { file, reads } = fileOf('granite and gneiss');
    const { bytes } = await reads.read(0, 7, signal);
    // Whoever has them may do with them what they like.
    bytes.fill(0);
    await reads.read(8, 11, signal);
    file.verified = true;
    expect(await reads.confirm(signal)).toBe('same');
    expect(file.asked).toEqual(['0-7', '8-11', '0-7', '8-11']);
  });

  it('is another, where a byte of it is', async () => {
    const { file, reads } = fileOf('granite and gneiss');
    await reads.read(0, 7, signal);
    await reads.read(8, 11, signal);
    Object.assign(file, { text: 'granite AND gneiss', verified: true });
    expect(await reads.confirm(signal)).toBe('other');
  });

  it('is not known to be either while the layer is not at hand', async () => {
    const { reads } = fileOf('granite');
    await reads.read(0, 7, signal);
    expect(await reads.confirm(signal)).toBe('unknown');
  });

  it('is not read again where it was checked, or is too much', async () => {
    const { file, reads } = fileOf('granite');
    file.verified = true;
    await reads.read(0, 7, signal);
    expect(await reads.confirm(signal)).toBe('same');
    expect(file.asked).toHaveLength(1);
    file.verified = false;
    for (let i = 0; i < 300; i++) await reads.read(0, 1, signal);
    file.verified = true;
    expect(await reads.confirm(signal)).toBe('other');
    expect(file.asked).toHaveLength(301);
  });
});
