/** The manifests that containers/image tests itself with: each file's name says what it is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { corpus, missingCorpus } from '../testing/corpora.ts';
import { parseManifest } from './manifest.ts';

const NAME = 'archives';
const folder = corpus(NAME);

/** By the file's name, the first that fits. */
const EXPECTED: readonly (readonly [name: RegExp, outcome: string])[] = [
  [/^v2s1/, 'unsupported schema1'],
  // "artifact": a config with an empty digest.
  [/^(?:non-json|unknown-version|.*\.artifact)\./, 'malformed manifest'],
  [/index|list/, 'index'],
  [/./, 'manifest'],
];

function outcome(bytes: Uint8Array): string {
  try {
    return parseManifest(bytes).kind;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { failure } = error;
    if (failure.code === 'malformed') return `malformed ${failure.format}`;
    return failure.code === 'unsupported' ? `unsupported ${failure.what}` : failure.code;
  }
}

describe('containers/image conformance', () => {
  if (folder === null) {
    it.skip(missingCorpus(NAME), () => undefined);
    return;
  }
  const manifests = join(folder, 'containers-image/manifest');
  const files = readdirSync(manifests).sort();

  it('has its files', () => expect(files.length).toBeGreaterThan(30));

  it.each(files)('%s', (file) => {
    const [, expected] = EXPECTED.find(([name]) => name.test(file))!;
    expect(outcome(readFileSync(join(manifests, file)))).toBe(expected);
  });
});
