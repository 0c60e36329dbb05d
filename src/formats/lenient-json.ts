/**
 * JSON whose shape is a custom rather than a rule: statements and bills of materials, which every tool writes a little
 * differently. What is not there, or is something else, reads as nothing; nobody is told, for all of it can be seen.
 */

/** Characters of one text that is shown; what is longer can be read in the document itself. */
const MAX_TEXT = 4096;
/** Items of a list that are looked at, unless whoever asks has a bound of its own. */
const MAX_LIST = 10_000;

export class Lenient {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  /** Own members only; of anything that is no object, nothing. */
  get(...path: readonly string[]): Lenient {
    let value = this.value;
    for (const key of path) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return new Lenient(value);
  }

  get isObject(): boolean {
    return isRecord(this.value);
  }

  /** A text that says something, cut where it is longer than a person reads. */
  get text(): string | null {
    const { value } = this;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return typeof value === 'string' && value !== '' ? cut(value) : null;
  }

  list(most = MAX_LIST): Lenient[] {
    return Array.isArray(this.value) ? this.value.slice(0, most).map((it) => new Lenient(it)) : [];
  }

  texts(most = MAX_LIST): string[] {
    return this.list(most).flatMap(({ text }) => text ?? []);
  }

  entries(most = MAX_LIST): (readonly [key: string, value: Lenient])[] {
    if (!isRecord(this.value)) return [];
    return Object.entries(this.value)
      .slice(0, most)
      .map(([key, value]) => [cut(key), new Lenient(value)] as const);
  }

  /** Members whose values say something. */
  get pairs(): (readonly [key: string, value: string])[] {
    return this.entries().flatMap(([key, { text }]) => (text === null ? [] : [[key, text] as const]));
  }

  /** All leaves with their way there (`a.b.0`), in order, `most` of them. */
  leaves(most: number): (readonly [path: string, value: string])[] {
    const found: (readonly [string, string])[] = [];
    const walk = (value: unknown, path: string): void => {
      if (found.length >= most) return;
      const children: Iterable<readonly [string | number, unknown]> = Array.isArray(value)
        ? value.entries()
        : isRecord(value)
          ? Object.entries(value)
          : [];
      let isLeaf = true;
      for (const [key, child] of children) {
        isLeaf = false;
        walk(child, wayTo(path, String(key)));
        if (found.length >= most) return;
      }
      if (isLeaf && path !== '') found.push([path, leafText(value)]);
    };
    walk(this.value, '');
    return found;
  }
}

/** It grows no longer than twice what is shown of a text: each leaf has its own. */
const wayTo = (path: string, key: string) =>
  path === '' ? cut(key) : path.length > MAX_TEXT ? path : `${path}.${cut(key)}`;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cut = (text: string) => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`);

function leafText(value: unknown): string {
  if (typeof value === 'string') return cut(value);
  return value === undefined ? '' : cut(JSON.stringify(value));
}
