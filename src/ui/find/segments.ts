import type { LineMatch } from '../../image/find/line-search.ts';

export interface Segment {
  readonly text: string;
  readonly marked: boolean;
}

/** A line cut where what was found in it begins and ends; white space at its begin is left out, and tabs are spaces. */
export function segmentsOf({ text, marks, cut }: LineMatch): Segment[] {
  const segments: Segment[] = [];
  let at = cut[0] ? 0 : Math.min(text.length - text.trimStart().length, marks[0] ?? 0);
  const put = (end: number, marked: boolean) => {
    if (end > at) segments.push({ text: text.slice(at, end).replaceAll('\t', ' '), marked });
    at = Math.max(at, end);
  };
  for (let i = 0; i < marks.length; i += 2) {
    put(marks[i]!, false);
    put(marks[i + 1]!, true);
  }
  put(text.length, false);
  return segments;
}
