import { fail } from '../base/problem.ts';
import type { Archive } from '../sources/archive/archive.ts';
import type { LayerState } from './layer-state.svelte.ts';

/**
 * A file that was cut off, or saved without some of its layers, is opened as far as it goes. Fails with `not-found` where it
 * has no layer at all.
 */
export function markMissing(layers: readonly LayerState[], archive: Archive | undefined): void {
  if (archive === undefined) return;
  const missing = layers.filter(({ layer }) => !archive.blobs.has(layer.descriptor.digest));
  if (missing.length > 0 && missing.length === layers.length) {
    fail({ code: 'not-found', what: 'blob', name: missing[0]!.layer.descriptor.digest });
  }
  for (const state of missing) state.missing();
}

/** All that the image has is there and was found right; of loose layers nobody knows what else it has. */
export function isWhole(layers: readonly LayerState[], archive: Archive | undefined): boolean {
  const isLoose = archive?.remarks.some(({ kind }) => kind === 'loose-layers') === true;
  return !isLoose && layers.every(({ state }) => state === 'verified');
}
