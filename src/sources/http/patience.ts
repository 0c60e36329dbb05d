/** How long to go on trying, how long to wait in between, and who is told of it. */
import { delay } from '../../base/abort.ts';

/** Something that a person is waiting for besides bytes. Plain data. */
export interface Wait {
  /**
   * `too-many`: 429. `trouble`: 5xx. `broken`: the connection ended before the answer did. `no-answer`: there was none.
   * `silence`: asked, and nothing comes.
   */
  readonly why: 'too-many' | 'trouble' | 'broken' | 'no-answer' | 'silence';
  /** host:port of whom is waited for. */
  readonly host: string;
  /** Milliseconds since 1970: since when; and when it is tried again, null where that is up to the other side. */
  readonly since: number;
  readonly until: number | null;
}

/** Told of a wait when it begins; what it returns is called when it is over. */
export type OnWait = (wait: Wait) => () => void;

export interface Patience {
  /** How often something is asked for in all. At least 1. */
  readonly tries: number;
  /** Milliseconds before the second try; doubles each time. */
  readonly base: number;
  /** Milliseconds. A server that wants more of us is taken at its word, and not asked again. */
  readonly longest: number;
  /** Milliseconds. Silence of so long is told. */
  readonly silence?: number;
  /** Milliseconds. A body of which nothing has come for so long has broken. */
  readonly stall?: number;
  readonly onWait?: OnWait;
}

/**
 * Half a second, one, two: outlasts a restart, and still answers while a person looks on. What a server itself asks for is
 * waited for up to ten minutes: that is said, and can be cancelled; longer nobody looks at a page.
 */
export const PATIENCE: Patience = { tries: 4, base: 500, longest: 600_000 };

/** Milliseconds. What is over sooner nobody reads. */
const WORTH_TELLING = 1000;
export const SILENCE = 5000;
/** A line that is dead (a laptop that slept, a router that forgot) says nothing of it for a quarter of an hour. */
export const STALL = 60_000;
/** A limit of requests a time passes more slowly than trouble does. */
const TOO_MANY_TIMES = 4;

/** Overload, a gateway without its server, and what a crash looks like. 501 and 505 would say the same again. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/** Why something is tried again, of whom it is asked, and what that one said of when (ms; null where it did not). */
export interface Setback {
  readonly why: Exclude<Wait['why'], 'silence'>;
  readonly url: string;
  readonly retryAfter?: number | null;
}

/**
 * Waits before try `next` (2 is the second), as long as `retryAfter` says where it does. False, at once, when there is
 * no next try: too many already, or too long to wait.
 */
export async function waitFor(
  next: number,
  { why, url, retryAfter = null }: Setback,
  { tries, base, longest, onWait }: Patience,
  signal: AbortSignal,
): Promise<boolean> {
  if (next > tries || (retryAfter !== null && retryAfter > longest)) return false;
  const first = retryAfter === null && why === 'too-many' ? base * TOO_MANY_TIMES : base;
  // Between half of it and the whole: many readers that failed together must not come back together.
  const backOff = first * 2 ** (next - 2) * (0.5 + Math.random() / 2);
  const ms = Math.min(Math.max(backOff, retryAfter ?? 0), longest);
  const now = Date.now();
  const over =
    ms < WORTH_TELLING ? undefined : onWait?.({ why, host: hostOf(url), since: now, until: now + ms });
  try {
    await delay(ms, signal);
  } finally {
    over?.();
  }
  return true;
}

/** What `coming` gives; where that takes long, it is said that nothing comes. */
export async function patiently<T>(
  coming: Promise<T>,
  url: string,
  { silence = SILENCE, onWait }: Patience,
): Promise<T> {
  if (onWait === undefined) return coming;
  const since = Date.now();
  let over: (() => void) | undefined;
  const timer = setTimeout(
    () => (over = onWait({ why: 'silence', host: hostOf(url), since, until: null })),
    silence,
  );
  try {
    return await coming;
  } finally {
    clearTimeout(timer);
    over?.();
  }
}

/** Waits may overlap: `report` is told of the one that ends last, and of null when there is none any more. */
export function lastOf(report: (wait: Wait | null) => void): OnWait {
  const waits = new Set<Wait>();
  const tell = () => report(lastWait(waits));
  return (wait) => {
    waits.add(wait);
    tell();
    return () => {
      waits.delete(wait);
      tell();
    };
  };
}

/** The one that ends last: of those whose end nobody knows, the longest. */
export function lastWait(waits: Iterable<Wait>): Wait | null {
  let last: Wait | null = null;
  for (const wait of waits) {
    const [end, lastEnd] = [wait.until ?? Infinity, last?.until ?? Infinity];
    if (last === null || end > lastEnd || (end === lastEnd && wait.since < last.since)) last = wait;
  }
  return last;
}

export const hostOf = (url: string) => new URL(url).host;

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
