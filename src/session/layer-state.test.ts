import { describe, expect, it } from 'vitest';
import { parseDigest } from '../formats/digest.ts';
import { LayerState } from './layer-state.svelte.ts';

const layer = {
  descriptor: { mediaType: '', digest: parseDigest(`sha256:${'0'.repeat(64)}`), size: 10_000 },
  diffId: null,
  step: null,
};

describe('the rate of a layer', () => {
  it('is taken over the last two seconds, and is none when nothing is read', () => {
    const state = new LayerState(layer);
    expect(state).toMatchObject({ state: 'waiting', rate: 0 });
    const rates = [
      [0, 0],
      [500, 500],
      [1000, 1000],
      [2000, 1500],
      [4000, 1500],
    ].map(([now, received]) => {
      state.advance({ received: received!, unpacked: 0, entries: 0 }, now!);
      return Math.round(state.rate);
    });
    //        at first: none; then 1 B/ms; slower; and nothing for two seconds
    expect(rates).toEqual([0, 1000, 1000, 750, 0]);
    state.verified();
    expect(state.rate).toBe(0);
  });
});
