/**
 * Globs as shells have them: `*` is any run within a name, `?` a character, `[a-z]` and `[!a-z]` one of a set, `\` takes
 * the next as it is; a name that is `**` is any number of folders. Matching cannot run away: it takes at most the length of
 * the pattern times that of the name.
 */

type Ranges = readonly (readonly [number, number])[];

/** Of one name. A step is the code point of a character, or one of those below, or a set: `SET - i`. */
export interface NameGlob {
  readonly steps: Int32Array;
  readonly sets: readonly { readonly not: boolean; readonly ranges: Ranges }[];
  /** Characters that a name must at least have. */
  readonly least: number;
}

const RUN = -1;
const ANY = -2;
const SET = -3;

export function compileNameGlob(text: string): NameGlob {
  const codes = Array.from(text, (char) => char.codePointAt(0)!);
  const steps: number[] = [];
  const sets: NameGlob['sets'][number][] = [];
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!;
    const set = code === OPEN ? readSet(codes, at + 1) : null;
    if (code === STAR) {
      if (steps.at(-1) !== RUN) steps.push(RUN);
    } else if (code === QUESTION) steps.push(ANY);
    else if (code === BACKSLASH && at + 1 < codes.length) steps.push(codes[++at]!);
    else if (set !== null) {
      steps.push(SET - sets.length);
      sets.push(set);
      at = set.end;
    } else steps.push(code);
  }
  return { steps: Int32Array.from(steps), sets, least: steps.filter((step) => step !== RUN).length };
}

const STAR = 0x2a;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const DASH = 0x2d;

/** From behind the `[` to the `]`; null where that never comes. A `]` that stands first is one of the set. */
function readSet(
  codes: readonly number[],
  start: number,
): { not: boolean; ranges: Ranges; end: number } | null {
  const not = codes[start] === 0x21 || codes[start] === 0x5e;
  const first = not ? start + 1 : start;
  const ranges: [number, number][] = [];
  for (let at = first; at < codes.length; at++) {
    if (codes[at] === CLOSE && at > first) return { not, ranges, end: at };
    const from = codes[at]!;
    const to = codes[at + 1] === DASH && codes[at + 2] !== undefined && codes[at + 2] !== CLOSE ? at + 2 : at;
    ranges.push([from, codes[to]!]);
    at = to;
  }
  return null;
}

/**
 * Whether all of `codes` (code points) from `start` to `end` is of the glob. `fold`: capitals of ASCII count as small ones;
 * the glob has none.
 */
export function matchesName(
  { steps, sets, least }: NameGlob,
  codes: Uint8Array | Uint32Array,
  start: number,
  end: number,
  fold: boolean,
): boolean {
  if (end - start < least) return false;
  const count = steps.length;
  // The end is told first: in `*.so` it is all there is to tell.
  let last = count - 1;
  let until = end;
  while (last >= 0 && steps[last] !== RUN && until > start) {
    if (!fits(steps[last]!, sets, codes[until - 1]!, fold)) return false;
    last--;
    until--;
  }
  let step = 0;
  let at = start;
  /** Where to go on when it does not fit: the run seen last takes one more. */
  let run = -1;
  let taken = start;
  /** What follows that run is this character: the run takes all before it at once. Negative where it is something else. */
  let next = ANY;
  while (at < until) {
    if (step <= last && steps[step] === RUN) {
      run = ++step;
      if (step > last) return true;
      next = steps[step]!;
      taken = at = next < 0 ? at : placeOf(next, codes, at, until, fold);
    } else if (step <= last && fits(steps[step]!, sets, codes[at]!, fold)) {
      step++;
      at++;
    } else if (run >= 0) {
      step = run;
      taken++;
      at = taken = next < 0 ? taken : placeOf(next, codes, taken, until, fold);
    } else return false;
  }
  while (step <= last && steps[step] === RUN) step++;
  return step > last;
}

/** Where `code` stands, at `from` or after it; `until` where it does not. */
function placeOf(
  code: number,
  codes: Uint8Array | Uint32Array,
  from: number,
  until: number,
  fold: boolean,
): number {
  const other = fold && code >= 0x61 && code <= 0x7a ? code - 0x20 : code;
  let at = from;
  while (at < until && codes[at] !== code && codes[at] !== other) at++;
  return at;
}

function fits(step: number, sets: NameGlob['sets'], raw: number, fold: boolean): boolean {
  const code = fold && raw >= 0x41 && raw <= 0x5a ? raw + 0x20 : raw;
  if (step >= 0) return step === code;
  if (step === ANY) return true;
  const { not, ranges } = sets[SET - step]!;
  return ranges.some(([from, to]) => code >= from && code <= to) !== not;
}

/** Of a path: a glob for each name from the root on, null for `**`. */
export type PathGlob = readonly (NameGlob | null)[];

/** What does not begin with a slash may begin in any folder. */
export function compilePathGlob(text: string): PathGlob {
  const parts = text.split('/').filter((part) => part !== '');
  const globs = parts.map((part) => (part === '**' ? null : compileNameGlob(part)));
  return text.startsWith('/') ? globs : [null, ...globs];
}

/** `fitsName(glob, i)`: whether the i-th of `depth` names, from the root on, is of the glob. */
export function matchesPath(
  path: PathGlob,
  depth: number,
  fitsName: (glob: NameGlob, i: number) => boolean,
): boolean {
  let part = 0;
  let at = 0;
  let star = -1;
  let taken = 0;
  while (at < depth) {
    const glob = path[part];
    if (glob === null) {
      star = ++part;
      taken = at;
    } else if (glob !== undefined && fitsName(glob, at)) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star;
      at = ++taken;
    } else return false;
  }
  // `a/**` is what is in a, not a itself.
  const isBelow = path.at(-1) !== null || part !== path.length - 1 || path.length === 1;
  while (path[part] === null) part++;
  return part === path.length && isBelow;
}
