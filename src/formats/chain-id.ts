/** image-spec v1.1, config.md, "Layer ChainID": what a stack of layers is called, from the lowest up to each one. */
import { utf8 } from '../base/bytes.ts';
import type { Digest } from './digest.ts';
import { digestOf } from './hash.ts';

/** One for each diff ID: its own for the lowest layer, then always of sha256, as every runtime has it. */
export async function chainIds(diffIds: readonly Digest[]): Promise<readonly Digest[]> {
  const ids: Digest[] = [];
  for (const diffId of diffIds) {
    const below = ids.at(-1);
    ids.push(below === undefined ? diffId : await digestOf(utf8(`${below} ${diffId}`), 'sha256'));
  }
  return ids;
}
