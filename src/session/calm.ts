/** When a person is looking, and not doing: the time for work that nobody waits for, which would be in the way. */
import { delay } from '../base/abort.ts';

/** Without a key, a click, a touch or a turn of the wheel for so long. Milliseconds. */
export const CALM_MS = 3000;
/** Somebody who never rests gets it done all the same. Milliseconds. */
const MOST_MS = 30_000;

const SIGNS = ['keydown', 'pointerdown', 'wheel', 'touchmove'] as const;

let lastSign = -Infinity;

/** Of the window, for as long as it lives. */
export function watchHands(window: Pick<Window, 'addEventListener'>): void {
  const onSign = () => (lastSign = performance.now());
  for (const sign of SIGNS) window.addEventListener(sign, onSign, { capture: true, passive: true });
}

/** Waits until nothing was done for a while, and for `least` milliseconds. Rejects with the signal's reason. */
export async function whenCalm(signal: AbortSignal, least = 0): Promise<void> {
  signal.throwIfAborted();
  const start = performance.now();
  for (;;) {
    const left = Math.max(start + least, Math.min(start + MOST_MS, lastSign + CALM_MS)) - performance.now();
    if (left <= 0) return;
    await delay(left, signal);
  }
}
