/** The shared vectors of other projects: data that is never part of this repository. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = process.env['CORPORA'] ?? resolve(import.meta.dirname, '../../../shared/corpora');

/**
 * The folder of one corpus, or null, after a loud warning, where it is missing; a test then registers one visible
 * `it.skip` titled `missingCorpus(name)`.
 */
export function corpus(name: string): string | null {
  const folder = join(ROOT, name);
  if (existsSync(folder)) return folder;
  console.warn(`\n!!! ${missingCorpus(name)}: its vectors were NOT run\n`);
  return null;
}

/** The title of the test that stands for all those that could not be run. */
export function missingCorpus(name: string): string {
  return `corpora not found at ${join(ROOT, name)}: set CORPORA`;
}
