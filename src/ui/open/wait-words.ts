/** What is being waited for, in words. Pure. */
import type { Wait } from '../../sources/http/patience.ts';

/** `now` in milliseconds since 1970. */
export function waitWords({ why, host, since, until }: Wait, now: number): string {
  if (until === null) return `${host} has sent nothing for ${timeText(now - since)}. Still waiting.`;
  return `${said(why, host)} ${why === 'broken' ? 'Going on' : 'Trying again'} in ${timeText(until - now)}.`;
}

function said(why: Wait['why'], host: string): string {
  switch (why) {
    case 'too-many':
      return `${host} says that there were too many requests.`;
    case 'trouble':
      return `${host} is in trouble.`;
    case 'broken':
      return `The connection to ${host} broke.`;
    case 'no-answer':
    case 'silence':
      return `${host} gave no answer.`;
  }
}

/** Milliseconds as a person counts them: `1 s`, `89 s`, `2 min`. */
export function timeText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
