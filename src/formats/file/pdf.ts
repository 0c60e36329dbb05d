/**
 * What a PDF says of itself (ISO 32000-1): read from its cross-reference tables, in a few reads however large it is. Its pages
 * are drawn elsewhere; a viewer does not tell what a document would run.
 */
import { readable } from '../../base/bytes.ts';
import { PdfFile } from './pdf-file.ts';
import { pdfText, type PdfDict, type PdfValue } from './pdf-value.ts';
import { malformed, type RandomAccess } from './random-access.ts';

export interface Pdf {
  readonly kind: 'pdf';
  /** `1.7`. */
  readonly version: string;
  /** Null where that cannot be told. */
  readonly pages: number | null;
  /** Title, author and the like, as far as they are not encrypted. */
  readonly about: readonly (readonly [name: PdfFact, text: string])[];
  readonly isEncrypted: boolean;
  /** What of it would run, be sent or be handed over by a viewer; what lies in its pages is not looked for. */
  readonly active: readonly PdfActive[];
}

export type PdfFact = 'Title' | 'Author' | 'Subject' | 'Keywords' | 'Creator' | 'Producer';
export type PdfActive = 'scripts' | 'an action when it is opened' | 'a form' | 'attached files';

const FACTS: readonly PdfFact[] = ['Title', 'Author', 'Subject', 'Keywords', 'Creator', 'Producer'];

/** Fails with `malformed` where it has no cross-reference that can be read. */
export async function readPdf(file: RandomAccess): Promise<Pdf> {
  const head = readable(await file.read(0, 1024));
  const version = /%PDF-(\d\.\d)/.exec(head)?.[1] ?? malformed('no header of a PDF', 0);
  const pdf = await PdfFile.open(file);
  const { trailer } = pdf;
  const isEncrypted = trailer.has('Encrypt');
  const root = await pdf.dict(trailer.get('Root'));
  if (root === null) return malformed('it has no catalogue');
  const pages = await pdf.dict(root.get('Pages'));
  const info = isEncrypted ? null : await pdf.dict(trailer.get('Info'));
  const later = root.get('Version');
  return {
    kind: 'pdf',
    version: isName(later) && /^\d\.\d$/.test(later.name) && later.name > version ? later.name : version,
    pages: countOf(await pdf.value(pages?.get('Count'))),
    about: info === null ? [] : await factsOf(pdf, info),
    isEncrypted,
    active: await activeOf(pdf, root),
  };
}

function countOf(value: PdfValue): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

async function factsOf(pdf: PdfFile, info: PdfDict): Promise<[PdfFact, string][]> {
  const found: [PdfFact, string][] = [];
  for (const name of FACTS) {
    const text = pdfText(await pdf.value(info.get(name)))?.trim() ?? '';
    if (text !== '') found.push([name, text]);
  }
  return found;
}

async function activeOf(pdf: PdfFile, root: PdfDict): Promise<PdfActive[]> {
  const names = await pdf.dict(root.get('Names'));
  const action = await pdf.value(root.get('OpenAction'));
  const opens = isDict(action) ? action.entries : null;
  const kind = await pdf.value(opens?.get('S'));
  const active: PdfActive[] = [];
  const isScript = isName(kind) && kind.name === 'JavaScript';
  if (names?.has('JavaScript') || isScript) active.push('scripts');
  // A list is a place to begin reading at, and so is "GoTo".
  if ((opens !== null && !(isName(kind) && kind.name === 'GoTo')) || root.has('AA'))
    active.push('an action when it is opened');
  if (root.has('AcroForm')) active.push('a form');
  if (names?.has('EmbeddedFiles')) active.push('attached files');
  return active;
}

function isName(value: PdfValue | undefined): value is Extract<PdfValue, { readonly type: 'name' }> {
  return typeof value === 'object' && value !== null && value.type === 'name';
}

function isDict(value: PdfValue): value is Extract<PdfValue, { readonly type: 'dict' }> {
  return typeof value === 'object' && value !== null && value.type === 'dict';
}
