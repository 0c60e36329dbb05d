/** Which views a file has: one closed list, each view loaded when it is first wanted. */
import type { Component } from 'svelte';
import { unreachable } from '../../base/assert.ts';
import type { FileKind, Preview } from '../../formats/file/file-kind.ts';
import type { ViewProps } from './shown-file.ts';

export type ViewName = Preview['kind'] | 'text' | 'hex';

export const VIEW_LABELS: Readonly<Record<ViewName, string>> = {
  text: 'Text',
  hex: 'Hex',
  picture: 'Picture',
  sound: 'Sound',
  film: 'Film',
  font: 'Font',
  pdf: 'PDF',
  program: 'Program',
  database: 'Database',
  archive: 'Archive',
  keys: 'Keys',
};

/** Those that have a thread read the file, and not what the page gives them. */
const READ_INSIDE: ReadonlySet<ViewName> = new Set(['font', 'pdf', 'program', 'database', 'archive', 'keys']);

export const isReadInside = (view: ViewName) => READ_INSIDE.has(view);

/** What is drawn is held whole. Bytes. */
const MOST_DRAWN = 32 * 1024 * 1024;

/** The views that fit, bytes last. */
export function viewsOf({ preview, encoding }: FileKind, size: number): ViewName[] {
  const views: ViewName[] = [];
  const isDrawn = preview?.kind === 'picture' || preview?.kind === 'font';
  if (preview !== null && (!isDrawn || size <= MOST_DRAWN)) views.push(preview.kind);
  if (encoding !== null) views.push('text');
  views.push('hex');
  return views;
}

/** The one that is shown unasked. */
export function firstView(kind: FileKind, size: number): ViewName {
  const { preview } = kind;
  const views = viewsOf(kind, size);
  if (preview?.kind === 'keys' && preview.isAside) return 'text';
  return views[0]!;
}

export async function loadView(name: ViewName): Promise<Component<ViewProps>> {
  switch (name) {
    case 'text':
      return (await import('./TextView.svelte')).default;
    case 'hex':
      return (await import('./HexView.svelte')).default;
    case 'picture':
      return (await import('./PictureView.svelte')).default;
    case 'sound':
    case 'film':
      return (await import('./MediaView.svelte')).default;
    case 'font':
      return (await import('./FontView.svelte')).default;
    case 'pdf':
      return (await import('./PdfView.svelte')).default;
    case 'program':
      return (await import('./ProgramView.svelte')).default;
    case 'database':
      return (await import('./DatabaseView.svelte')).default;
    case 'archive':
      return (await import('./ArchiveView.svelte')).default;
    case 'keys':
      return (await import('./KeysView.svelte')).default;
    default:
      return unreachable(name);
  }
}
