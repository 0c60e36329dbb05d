import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CALM_MS, watchHands, whenCalm } from './calm.ts';

describe('work that nobody waits for', () => {
  const hands = new EventTarget();
  watchHands(hands as Window);
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  /** After how many milliseconds it begins, where something is done at those. */
  async function beginsAfter(...done: number[]): Promise<number> {
    await vi.advanceTimersByTimeAsync(100_000);
    const start = performance.now();
    let began = -1;
    void whenCalm(new AbortController().signal, 1000).then(() => (began = performance.now() - start));
    for (const at of done) {
      await vi.advanceTimersByTimeAsync(start + at - performance.now());
      hands.dispatchEvent(new Event('keydown'));
    }
    await vi.advanceTimersByTimeAsync(60_000);
    return Math.round(began);
  }

  it('begins when nothing was done for a while', async () => {
    expect(await beginsAfter()).toBe(1000);
    expect(await beginsAfter(500)).toBe(500 + CALM_MS);
    expect(await beginsAfter(500, 1900, 3800)).toBe(3800 + CALM_MS);
    expect(await beginsAfter(500, 20_000)).toBe(500 + CALM_MS);
    expect(await beginsAfter(2000)).toBe(1000);
  });

  it('begins in the end where somebody never rests', async () => {
    expect(await beginsAfter(...Array.from({ length: 60 }, (_, i) => i * 1000))).toBe(30_000);
  });

  it('does not begin once it is not wanted', async () => {
    const wanted = new AbortController();
    const waiting = whenCalm(wanted.signal, 1000);
    const ended = expect(waiting).rejects.toBe('left');
    wanted.abort('left');
    await ended;
  });
});
