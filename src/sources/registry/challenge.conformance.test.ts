/** Headers that distribution, containers/image, containerd, regclient and oras-go test with, where they are at hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpus, missingCorpus } from '../../testing/corpora.ts';
import { parseChallenges } from './challenge.ts';

interface Case {
  source: string;
  header: string;
  challenges: { scheme: string; params: Record<string, string> }[];
  error?: string | null;
}

const NAME = 'auth-challenges';
const folder = corpus(NAME);

/** regclient refuses these; we keep what stands before the fault, as oras does. */
const BROKEN: Readonly<Record<string, Case['challenges']>> = {
  'Basic realm="Dev" charset="UTF-8"': [{ scheme: 'basic', params: { realm: 'Dev' } }],
  'Basic realm="GitHub Package Registry': [{ scheme: 'basic', params: {} }],
  'Basic realm="GitHub Package Registry\\\\': [{ scheme: 'basic', params: {} }],
};

if (folder === null) {
  it.skip(missingCorpus(NAME));
} else {
  describe('challenges of others', () => {
    const { cases } = JSON.parse(readFileSync(join(folder, 'challenges.json'), 'utf8')) as { cases: Case[] };
    it.each(cases)('$source: $header', (vector) => {
      const expected = vector.error ? BROKEN[vector.header] : vector.challenges;
      expect(expected).toBeDefined();
      const found = parseChallenges(vector.header)
        // What oras calls unknown, and a parameter that is cut before its `=`, are schemes to us: that nobody answers.
        .filter(({ scheme }) => scheme === 'basic' || scheme === 'bearer')
        .map(({ scheme, params }) => ({
          scheme,
          // oras leaves out the parameters of Basic.
          params: vector.source.startsWith('oras-go') && scheme === 'basic' ? {} : Object.fromEntries(params),
        }));
      expect(found).toEqual(expected!.filter(({ scheme }) => scheme !== 'unknown'));
    });
  });
}
