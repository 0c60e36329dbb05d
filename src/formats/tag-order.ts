/**
 * The order in which a person looks for a tag: `latest`, then versions, the newest first, then all other names. Tags are
 * no versions by any rule; semver 2.0.0 is where most of them come from, with what image builders have made of it:
 * `1.27` stands for the newest 1.27.x and comes before those, and `-alpine` is another build of a release, not one before it.
 */
import { compareText } from '../base/compare-text.ts';

/** A release's way of saying that it is not one yet. */
const PRE_RELEASE = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|next|edge|[mab]\d)/i;
/** The distribution-spec allows 128 characters to a tag; what is longer is sorted as a name. */
const MAX_LENGTH = 128;
const VERSION = /^v?(\d+(?:\.\d+){0,5})(?:[-+._](.*))?$/i;

/** Before and after all else that stands in a key. */
const FIRST = '\u0001';
const LAST = '\uffff';

/** A text by whose code units tags are put in order: made once for each, so that thousands are sorted in no time. */
export function tagKey(tag: string): string {
  if (tag === 'latest') return FIRST;
  const match = tag.length > MAX_LENGTH ? null : VERSION.exec(tag);
  if (match === null) return `n${tag}`;
  let key = 'm';
  for (const part of match[1]!.split('.')) key += newestFirst(part);
  key += FIRST;
  const rest = match[2] ?? '';
  if (!PRE_RELEASE.test(rest)) return `${key}${FIRST}${rest}${FIRST}${tag}`;
  // semver 2.0.0, item 11, number by number and word by word; `rc10` is after `rc9`, too.
  for (const part of rest.toLowerCase().match(/\d+|[a-z]+/g) ?? []) {
    key += /^\d/.test(part) ? newestFirst(part) : lastFirst(part);
  }
  return `${key}${LAST}${tag}`;
}

/** Digits so that the greater number comes first: some are dates, and some longer than a number holds. */
function newestFirst(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, '');
  let key = String.fromCharCode(0x200 - plain.length);
  for (let i = 0; i < plain.length; i++) key += String.fromCharCode(0x69 - plain.charCodeAt(i));
  return key;
}

function lastFirst(word: string): string {
  let key = '';
  for (let i = 0; i < word.length; i++) key += String.fromCharCode(0x400 - word.charCodeAt(i));
  return `${key}\u0400`;
}

/** A sorted copy. The order of two tags depends on nothing but them. */
export function sortTags(tags: readonly string[]): string[] {
  return tags
    .map((tag) => [tagKey(tag), tag] as const)
    .sort(([a], [b]) => compareText(a, b))
    .map(([, tag]) => tag);
}
