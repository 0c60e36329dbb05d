/** A local file, in words: what kind it is, what was made for it here, and what was odd. */
import type { Archive, ArchiveForm, LocalFiles, Remark } from '../../sources/archive/archive.ts';
import { humanBytes } from './quantity.ts';

const FORMS: Readonly<Record<ArchiveForm, string>> = {
  'docker-archive': 'made by docker save or the like',
  'oci-layout': 'OCI image layout',
  'root-filesystem': 'root filesystem: one layer, no config; digests computed here, it claims none',
};

/** `files`: null where it is read from what this browser has kept. */
export function formWords(files: LocalFiles | null, { form }: Archive): string {
  const where = files === null ? 'kept in this browser' : files.kind;
  return `${where}, ${FORMS[form]}`;
}

/** Why a document cannot be found in the file; null where it can. */
export function madeWords({ made, form }: Archive, document: 'manifest' | 'config'): string | null {
  if (made === 'nothing' || (made === 'manifest' && document === 'config')) return null;
  if (form === 'root-filesystem')
    return `The file has no ${document}. This one was made here, so that its one layer reads like an image; the digests were computed here, the file claims none.`;
  return document === 'manifest'
    ? 'The file has no manifest. This one was made here from what it has: the layers are named by their diff IDs, as the config states them.'
    : 'The file has no config. This one was made here from what it has.';
}

/** Of many alike, the first ones tell enough. */
const MOST_NAMED = 5;

/** One sentence for each kind of remark; names come from outside. */
export function remarkWords(remarks: readonly Remark[]): string[] {
  const words: string[] = [];
  for (const remark of remarks) {
    if (remark.kind === 'truncated')
      words.push(
        `The file ends in the middle, after ${humanBytes(remark.length)}: what comes before was read. Copy or save it again to have the rest.`,
      );
  }
  for (const remark of remarks) {
    if (remark.kind === 'loose-layers')
      words.push(
        `What says which layers belong together is cut off: ${remark.isStack ? 'they are laid upon each other in the order of the file' : 'each layer is shown by itself'}.`,
      );
  }
  const named = (kind: 'duplicate-entry' | 'outside') => [
    ...new Set(remarks.flatMap((remark) => (remark.kind === kind ? [remark.name] : []))),
  ];
  const twice = named('duplicate-entry');
  if (twice.length > 0) words.push(`In the file more than once, the last counts: ${list(twice)}.`);
  const outside = named('outside');
  if (outside.length > 0) words.push(`Left out, as the name leads out of the file: ${list(outside)}.`);
  return words;
}

/** `layers`: those that are not in the file, counted from 0. */
export function missingWords(layers: readonly number[]): string[] {
  if (layers.length === 0) return [];
  const which = `${layers.length === 1 ? 'Layer' : 'Layers'} ${list(layers.map(String))}`;
  const verb = layers.length === 1 ? 'is' : 'are';
  return [`${which} ${verb} not in this file: nothing of it is shown, also not what it replaced or deleted.`];
}

function list(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
