import { expect, it } from 'vitest';
import { slicesOf, SlicesReader } from './in-slices.ts';

it('gives another thread the same, however it is sliced, and leaves it where it is', () => {
  const value = {
    tree: { count: 3, names: Uint8Array.of(1, 2, 3), none: new Uint32Array(0) },
    layers: [
      { owners: [['root', 'wheel']], uid: Float64Array.of(1, 2.5, Infinity), layer: Uint16Array.of(7, 8) },
      { owners: [], compression: 'gzip', seekPoints: null },
    ],
  };
  const before = structuredClone(value);
  for (const bytes of [1, 2, 8, 1000]) {
    const reader = new SlicesReader();
    for (const slice of slicesOf(value, bytes)) {
      const buffers = slice.type === 'slice' ? [slice.values.buffer] : [];
      reader.take(structuredClone(slice, { transfer: buffers }));
    }
    expect(reader.value).toEqual(before);
    expect(value).toEqual(before);
  }
});
