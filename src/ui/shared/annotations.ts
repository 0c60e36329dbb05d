/** Annotations as they are shown: what a person reads of them. All of them are in the document. */
import { counted } from './quantity.ts';

/** Rows, and characters of one value: a document of megabytes may be all annotations. */
const MOST = 100;
const LONG = 2000;

export interface AnnotationRows {
  readonly rows: readonly (readonly [name: string, value: string])[];
  /** What is not among them, in words; null where there is none. */
  readonly more: string | null;
}

export function annotationRows(annotations: ReadonlyMap<string, string> | undefined): AnnotationRows {
  const rows: [string, string][] = [];
  for (const [name, value] of annotations ?? []) {
    if (rows.length === MOST) break;
    rows.push([cut(name), cut(value)]);
  }
  const left = (annotations?.size ?? 0) - rows.length;
  return { rows, more: left === 0 ? null : `and ${counted(left, 'more', 'more')}: see the manifest` };
}

const cut = (text: string) => (text.length > LONG ? `${text.slice(0, LONG)}…` : text);
