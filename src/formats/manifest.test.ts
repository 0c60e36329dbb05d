import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { Problem } from '../base/problem.ts';
import { parseConfig } from './config.ts';
import { MANIFEST_LIMIT, parseManifest } from './manifest.ts';
import * as type from './media-type.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ONE = { mediaType: 'application/x-tar', digest: DIGEST, size: 1 };
const MANIFEST = { schemaVersion: 2, config: ONE, layers: [ONE] };
const INDEX = { schemaVersion: 2, manifests: [ONE] };

/** What it is, with its media type, or why it is nothing. */
function outcome(document: unknown, claimed?: string): string {
  try {
    const { kind, mediaType } = parseManifest(utf8(JSON.stringify(document)), claimed);
    return `${kind} ${mediaType}`;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  const { code, ...facts } = error.failure;
  return [code, ...Object.values(facts)].join(' | ');
}

describe('a document under /manifests/', () => {
  it.each<[why: string, document: object, claimed: string, outcome: string]>([
    ['the shape, without any type', MANIFEST, '', `manifest ${type.OCI_MANIFEST}`],
    ['the shape, without any type', INDEX, '', `index ${type.OCI_INDEX}`],
    ['the shape, with the type that was claimed', INDEX, type.DOCKER_LIST, `index ${type.DOCKER_LIST}`],
    [
      'its own type before the claimed one',
      { ...INDEX, mediaType: type.DOCKER_LIST },
      type.OCI_INDEX,
      `index ${type.DOCKER_LIST}`,
    ],
    ['the shape against the claim', MANIFEST, type.OCI_INDEX, `manifest ${type.OCI_INDEX}`],
    [
      'the shape against its own word',
      { ...INDEX, mediaType: type.OCI_MANIFEST },
      '',
      `index ${type.OCI_MANIFEST}`,
    ],
    [
      'the shape, though the version is missing',
      { ...MANIFEST, schemaVersion: undefined },
      '',
      `manifest ${type.OCI_MANIFEST}`,
    ],
    ['null for an empty list', { ...MANIFEST, layers: null }, '', `manifest ${type.OCI_MANIFEST}`],
    ['null for an empty list', { ...INDEX, manifests: null }, type.OCI_INDEX, `index ${type.OCI_INDEX}`],
  ])('goes by %s', (_, document, claimed, expected) => {
    expect(outcome(document, claimed)).toBe(expected);
  });

  it.each<[why: string, document: unknown, outcome: string]>([
    [
      'two at once',
      { ...MANIFEST, ...INDEX },
      'malformed | manifest | ambiguous: manifests and config and layers in one document | ',
    ],
    [
      'two at once',
      { ...INDEX, layers: [] },
      'malformed | manifest | ambiguous: manifests and layers in one document | ',
    ],
    [
      'two at once',
      { ...MANIFEST, fsLayers: [] },
      'malformed | manifest | ambiguous: config and layers and fsLayers in one document | ',
    ],
    ['nothing', {}, 'malformed | manifest | missing, expected an object | /config'],
    ['no object', [], 'malformed | manifest | an array, expected an object | '],
    ['a number', 7, 'malformed | manifest | a number, expected an object | '],
    [
      'without a config',
      { ...MANIFEST, config: undefined },
      'malformed | manifest | missing, expected an object | /config',
    ],
    [
      'without layers',
      { ...MANIFEST, layers: undefined },
      'malformed | manifest | missing, expected an array | /layers',
    ],
    [
      'of another version',
      { ...MANIFEST, schemaVersion: 3 },
      'malformed | manifest | 3 is more than 2 | /schemaVersion',
    ],
    [
      'of a version in words',
      { ...MANIFEST, schemaVersion: '2' },
      'malformed | manifest | a string, expected a number | /schemaVersion',
    ],
    [
      'wrong deep inside',
      { ...MANIFEST, layers: [ONE, { ...ONE, size: 2 ** 53 }] },
      'malformed | manifest | 9007199254740992 is not a whole number that can be held exactly | /layers/1/size',
    ],
    [
      'with annotations that are no texts',
      { ...INDEX, annotations: { a: 1 } },
      'malformed | manifest | a number, expected a string | /annotations/a',
    ],
    ['of schema 1', { schemaVersion: 1, name: 'x' }, `unsupported | schema1 | ${type.DOCKER_SCHEMA1}`],
    [
      'of schema 1, by its shape',
      { fsLayers: [], history: [] },
      `unsupported | schema1 | ${type.DOCKER_SCHEMA1}`,
    ],
    [
      'of schema 1, by its type',
      { mediaType: type.DOCKER_SCHEMA1_SIGNED },
      `unsupported | schema1 | ${type.DOCKER_SCHEMA1_SIGNED}`,
    ],
    [
      'an artifact manifest',
      { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', artifactType: 'a/b', blobs: [] },
      'unsupported | artifact | a/b',
    ],
  ])('is refused: %s', (_, document, expected) => {
    expect(outcome(document)).toBe(expected);
  });

  it('is bounded', () => {
    expect(outcome({ ...INDEX, x: 'x'.repeat(MANIFEST_LIMIT) })).toMatch(
      /^too-large \| manifest \| 4194304 \| \d+$/,
    );
  });

  it('keeps what else it says', () => {
    const document = { ...MANIFEST, annotations: { a: 'b' }, subject: ONE, artifactType: 'a/b' };
    const { annotations, subject, artifactType } = parseManifest(utf8(JSON.stringify(document)));
    expect([[...annotations], subject, artifactType]).toEqual([[['a', 'b']], ONE, 'a/b']);
  });
});

describe('a config', () => {
  const read = (document: unknown) => parseConfig(utf8(JSON.stringify(document)));

  it('may say nothing at all, or null to everything', () => {
    const nothing = read({});
    expect(nothing).toMatchObject({ platform: null, created: '', diffIds: null, history: [] });
    const keys = 'created author architecture os variant config rootfs history'.split(' ');
    expect(read(Object.fromEntries(keys.map((key) => [key, null])))).toEqual(nothing);
    const inner =
      'User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal Shell OnBuild Healthcheck';
    const config = Object.fromEntries(inner.split(' ').map((key) => [key, null]));
    expect(read({ config, rootfs: { diff_ids: null } })).toEqual(nothing);
  });

  it('is read with all that Docker writes', () => {
    const { config, history } = read({
      config: {
        User: 'nobody',
        ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
        Env: ['A=b', 'C'],
        Entrypoint: ['/e'],
        Cmd: ['c'],
        Volumes: { '/data': {} },
        WorkingDir: '/w',
        Labels: { __proto__x: 'y' },
        StopSignal: 'SIGQUIT',
        Shell: ['/bin/bash', '-c'],
        OnBuild: ['RUN x'],
        Healthcheck: { Test: ['CMD', 'x'], Interval: 30_000_000_000, Retries: 3 },
        Hostname: 'ignored',
      },
      history: [{ created_by: 'a' }, { created: 't', empty_layer: true, comment: 'c', author: 'me' }],
    });
    expect(config).toEqual({
      user: 'nobody',
      exposedPorts: ['80/tcp', '443/tcp'],
      env: ['A=b', 'C'],
      entrypoint: ['/e'],
      cmd: ['c'],
      volumes: ['/data'],
      workingDir: '/w',
      labels: new Map([['__proto__x', 'y']]),
      stopSignal: 'SIGQUIT',
      shell: ['/bin/bash', '-c'],
      onBuild: ['RUN x'],
      healthcheck: {
        test: ['CMD', 'x'],
        interval: 3e10,
        timeout: 0,
        startPeriod: 0,
        startInterval: 0,
        retries: 3,
      },
    });
    expect(history).toEqual([
      { created: '', createdBy: 'a', author: '', comment: '', emptyLayer: false },
      { created: 't', createdBy: '', author: 'me', comment: 'c', emptyLayer: true },
    ]);
  });

  it.each<[document: unknown, reason: string]>([
    [{ rootfs: { diff_ids: ['x'] } }, 'malformed | config | not a digest: x | /rootfs/diff_ids/0'],
    [
      { config: { Labels: { a: {} } } },
      'malformed | config | an object, expected a string | /config/Labels/a',
    ],
    [{ config: [] }, 'malformed | config | an array, expected an object | /config'],
    [{ history: [null] }, 'malformed | config | null, expected an object | /history/0'],
    [
      { history: [{ empty_layer: 'true' }] },
      'malformed | config | a string, expected a boolean | /history/0/empty_layer',
    ],
  ])('%j is refused', (document, reason) => {
    try {
      read(document);
      expect.unreachable();
    } catch (error) {
      expect(failure(error)).toBe(reason);
    }
  });
});
