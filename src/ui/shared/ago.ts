/** How long ago, as a person says it. English. */

import { counted } from './quantity.ts';

const STEPS: readonly (readonly [unit: string, seconds: number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `just now`, `5 minutes ago`, `3 days ago`. Both in ms since 1970; a clock that was set back gives `just now`. */
export function agoText(time: number, now: number): string {
  const seconds = (now - time) / 1000;
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return `${counted(Math.floor(seconds / length), unit)} ago`;
  }
  return 'just now';
}
