/** image-spec's own documents, valid and not, against what we make of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import { corpus, missingCorpus } from '../testing/corpora.ts';
import { chainIds } from './chain-id.ts';
import { parseConfig } from './config.ts';
import { parseDescriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import { digestOf } from './hash.ts';
import { parseJson } from './json.ts';
import { MANIFEST_LIMIT, parseManifest } from './manifest.ts';
import { parseOciLayout } from './oci-layout.ts';

const NAME = 'image-spec';
const folder = corpus(NAME);
const load = <T>(file: string): T => JSON.parse(readFileSync(join(folder!, file), 'utf8')) as T;

/** What each kind of document must be read as. */
const READERS: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  'image manifest': (bytes) => only('manifest', bytes),
  'docker manifest': (bytes) => only('manifest', bytes),
  'application/vnd.oci.image.manifest.v1+json': (bytes) => only('manifest', bytes),
  'image index': (bytes) => only('index', bytes),
  'docker imageIndex': (bytes) => only('index', bytes),
  'application/vnd.oci.image.index.v1+json': (bytes) => only('index', bytes),
  'image config': parseConfig,
  'docker config': parseConfig,
  'application/vnd.oci.image.config.v1+json': parseConfig,
  descriptor: readDescriptor,
  'application/vnd.oci.descriptor.v1+json': readDescriptor,
  'oci-layout': parseOciLayout,
  'application/vnd.oci.layout.header.v1+json': parseOciLayout,
};

function only(kind: 'manifest' | 'index', bytes: Uint8Array): void {
  expect(parseManifest(bytes).kind).toBe(kind);
}

function readDescriptor(bytes: Uint8Array): unknown {
  return parseDescriptor(parseJson(bytes, 'descriptor', MANIFEST_LIMIT));
}

/** `read`, or the code of the failure; whatever is no failure is a bug, and thrown on. */
function outcome(kind: string, document: string): string {
  try {
    READERS[kind]!(utf8(document));
    return 'read';
  } catch (error) {
    if (error instanceof Problem) return error.failure.code;
    throw error;
  }
}

/** Where we differ, on purpose, and why. Everything else goes by the schema. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'image manifest: expected failure: empty layer, expected at least one':
    'read: builders write it for FROM scratch with metadata only, and runtimes take it',
  'image index: expected failure: empty referenced manifest media type':
    'read: the same as a missing one, to the Go programs that write it',
  'descriptor: expected failure: mediaType missing':
    'read: media types are claims; what counts is digest, size and the shape of the bytes',
  'image config: expected failure: Env is invalid':
    'read: docker import and commit keep a variable without "="; it is shown as it is',
  'image manifest: expected pass: test bounds of algorithm field in digest.':
    'unsupported: content under an algorithm that we cannot compute cannot be verified',
  'image manifest: expected failure: push bounds of algorithm field in digest too far.':
    'unsupported: the algorithm of its config, before the layer with the wrong one',
  'descriptor: expected success: test for alternate digest algorithm': 'unsupported: likewise',
  'descriptor: expected success: test for alternate digest encoding': 'unsupported: likewise',
  'descriptor: expected success: test for those who cannot use modulo arithmetic to recover padding.':
    'unsupported: likewise',
};

describe('image-spec conformance', () => {
  if (folder === null) {
    it.skip(missingCorpus(NAME), () => undefined);
    return;
  }

  const { cases } = load<{ cases: { kind: string; why: string; valid: boolean; document: string }[] }>(
    'schema-cases.json',
  );
  const titles = cases.map(({ kind, why }) => `${kind}: ${why}`);

  it.each(cases.map((one, i) => ({ ...one, title: titles[i]! })))(
    '$title',
    ({ kind, document, valid, title }) => {
      const different = DIFFERENT[title];
      const expected = different === undefined ? (valid ? 'read' : 'malformed') : different.split(':')[0];
      expect(outcome(kind, document)).toBe(expected);
    },
  );

  it('has every difference in the vectors', () => {
    expect(cases.length).toBeGreaterThan(60);
    expect(Object.keys(DIFFERENT).filter((title) => !titles.includes(title))).toEqual([]);
  });

  const examples = load<{ cases: { file: string; title: string; mediaType: string; document: string }[] }>(
    'spec-examples.json',
  );
  it.each(examples.cases)('example of $file: $title', ({ mediaType, document }) => {
    expect(outcome(mediaType, document)).toBe('read');
  });

  const docker = load<{ cases: { kind: string; digest: string; document: string }[] }>(
    'docker-compat-cases.json',
  );
  it.each(docker.cases)('$kind $digest', async ({ kind, digest, document }) => {
    expect(await digestOf(utf8(document), 'sha256')).toBe(digest);
    expect(outcome(kind, document)).toBe('read');
  });

  const chains = load<{ cases: { diffIDs: Digest[]; chainIDs: Digest[] }[] }>('chainid.json');
  it.each(chains.cases)('chain IDs of $diffIDs', async ({ diffIDs, chainIDs }) => {
    expect(await chainIds(diffIDs)).toEqual(chainIDs);
  });
});
