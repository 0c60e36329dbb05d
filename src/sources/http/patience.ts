/** How long to go on trying, and how long to wait in between. */
import { delay } from '../../base/abort.ts';

export interface Patience {
  /** How often something is asked for in all. At least 1. */
  readonly tries: number;
  /** Milliseconds before the second try; doubles each time. */
  readonly base: number;
  /** Milliseconds. A server that wants more of us is taken at its word, and not asked again. */
  readonly longest: number;
}

/** Half a second, one, two: outlasts a restart, and still answers while a person looks on. */
export const PATIENCE: Patience = { tries: 4, base: 500, longest: 20_000 };

/** Overload, a gateway without its server, and what a crash looks like. 501 and 505 would say the same again. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/**
 * Waits before try `next` (2 is the second), as long as `retryAfter` says where it does. False, at once, when there is
 * no next try: too many already, or too long to wait. Milliseconds.
 */
export async function waitFor(
  next: number,
  { tries, base, longest }: Patience,
  signal: AbortSignal,
  retryAfter: number | null = null,
): Promise<boolean> {
  if (next > tries || (retryAfter !== null && retryAfter > longest)) return false;
  // Between half of it and the whole: many readers that failed together must not come back together.
  const backOff = base * 2 ** (next - 2) * (0.5 + Math.random() / 2);
  await delay(Math.min(Math.max(backOff, retryAfter ?? 0), longest), signal);
  return true;
}

/**
 * Milliseconds from `now` (ms since 1970) that a `Retry-After` asks for: seconds or an HTTP-date (RFC 9110, section
 * 10.2.3). Null where it is absent, unreadable across origins, or neither.
 */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much more than an HTTP-date: all forms of those begin with the name of a day and end in a year or zone.
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
