/**
 * The pieces of a reference, each scanned from `start` as far as it goes, in one pass. A fault comes with the index of
 * the first character that cannot be; running into the end of the text faults there.
 */
import type { ReferenceFault } from '../base/problem.ts';
import { DIGEST_HEX_LENGTH } from './digest.ts';

export type Scan = { readonly end: number; readonly fault: ReferenceFault | null };

/** distribution/reference, TagRegexp. */
const MAX_TAG = 128;

const isDigit = (char: string) => char >= '0' && char <= '9';
const isLower = (char: string) => char >= 'a' && char <= 'z';
const isUpper = (char: string) => char >= 'A' && char <= 'Z';
const isAlnum = (char: string) => isDigit(char) || isLower(char);
const isHex = (char: string) => isDigit(char) || (char >= 'a' && char <= 'f');
const isWord = (char: string) => isAlnum(char) || isUpper(char) || char === '_';

/** `host[:port]`. Stops before the `/`, or wherever it cannot go on. */
export function scanDomain(text: string, start: number, end: number): Scan {
  const host = text[start] === '[' ? scanIpv6(text, start, end) : scanHost(text, start, end);
  if (host.fault !== null || text[host.end] !== ':' || host.end >= end) return host;
  let at = host.end + 1;
  while (at < end && isDigit(text[at]!)) at++;
  if (at === host.end + 1 || (at < end && text[at] !== '/')) return { end: at, fault: 'bad-port' };
  return { end: at, fault: null };
}

function scanHost(text: string, start: number, end: number): Scan {
  let at = start;
  for (;;) {
    const label = at;
    while (at < end && (isAlnum(text[at]!) || isUpper(text[at]!) || (text[at] === '-' && at > label))) at++;
    if (at === label) return { end: at, fault: 'bad-domain' };
    // A label ends in no hyphen: the character after the hyphens is the one that cannot be.
    if (text[at - 1] === '-') return { end: at, fault: 'bad-domain' };
    if (at >= end || text[at] !== '.') return { end: at, fault: null };
    at++;
  }
}

/** Hex digits and colons in brackets: no zone, no dotted IPv4 at its end. */
function scanIpv6(text: string, start: number, end: number): Scan {
  let at = start + 1;
  while (at < end && (isHex(text[at]!.toLowerCase()) || text[at] === ':')) at++;
  if (at === start + 1 || at >= end || text[at] !== ']') return { end: at, fault: 'bad-domain' };
  return { end: at + 1, fault: null };
}

/** `component[/component]*`. Stops before `:`, `@` or the end. */
export function scanPath(text: string, start: number, end: number): Scan {
  let at = start;
  for (;;) {
    const run = at;
    while (at < end && isAlnum(text[at]!)) at++;
    if (at < end && isUpper(text[at]!)) return { end: at, fault: 'uppercase' };
    if (at === run) return { end: at, fault: 'bad-path' };
    if (at >= end || text[at] === ':' || text[at] === '@') return { end: at, fault: null };
    const separator = text[at]!;
    if (separator === '-') while (at < end && text[at] === '-') at++;
    else if (separator === '_') at += text[at + 1] === '_' && at + 1 < end ? 2 : 1;
    else if (separator === '.' || separator === '/') at++;
    else return { end: at, fault: 'bad-path' };
  }
}

/** Stops before the first character that no tag has. */
export function scanTag(text: string, start: number, end: number): Scan {
  let at = start;
  while (at < end && (isWord(text[at]!) || (at > start && (text[at] === '.' || text[at] === '-')))) at++;
  if (at === start) return { end: at, fault: 'bad-tag' };
  if (at - start > MAX_TAG) return { end: start + MAX_TAG, fault: 'tag-too-long' };
  return { end: at, fault: null };
}

/** `algorithm:hex`, of the algorithms that we know and the length that they have. */
export function scanDigest(text: string, start: number, end: number): Scan {
  let at = start;
  for (;;) {
    const component = at;
    while (at < end && isWord(text[at]!) && text[at] !== '_' && !(at === component && isDigit(text[at]!)))
      at++;
    if (at === component || at >= end) return { end: at, fault: 'bad-digest' };
    if (text[at] === ':') break;
    if (!/[-_+.]/.test(text[at]!)) return { end: at, fault: 'bad-digest' };
    at++;
  }
  const algorithm = text.slice(start, at);
  if (!Object.hasOwn(DIGEST_HEX_LENGTH, algorithm)) return { end: start, fault: 'unknown-algorithm' };
  const hex = at + 1;
  const length = DIGEST_HEX_LENGTH[algorithm as keyof typeof DIGEST_HEX_LENGTH];
  at = hex;
  while (at < end && at - hex < length && isHex(text[at]!)) at++;
  if (at - hex === length)
    return at < end
      ? { end: at, fault: isWord(text[at]!) ? 'digest-length' : 'trailing' }
      : { end: at, fault: null };
  return { end: at, fault: at < end ? 'bad-digest' : 'digest-length' };
}
