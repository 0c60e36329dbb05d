/** What was found out about a mirror, and what is wrong in config.json, in words. */
import type { ConfigFault } from '../../session/deployment.ts';
import type { MirrorFinding, MirrorPoint, MirrorReport } from '../../sources/registry/mirror-check.ts';

const POINTS: Readonly<Record<MirrorPoint, readonly [what: string, header: string]>> = {
  readable: ['It lets this page read it', 'Access-Control-Allow-Origin'],
  registry: ['It is a registry', ''],
  manifests: ['Manifests can be read', 'Access-Control-Allow-Origin on /v2/…/manifests/'],
  blobs: ['Blobs can be read', 'Access-Control-Allow-Origin on /v2/…/blobs/'],
  authorization: [
    'It takes tokens and passwords',
    'Access-Control-Allow-Headers: Authorization, and 2xx to OPTIONS',
  ],
  challenge: ['It shows what it wants of you', 'Access-Control-Expose-Headers: WWW-Authenticate'],
  digest: [
    'It shows digests: a tag is asked for cheaply',
    'Access-Control-Expose-Headers: Docker-Content-Digest',
  ],
  range: ['It shows what a part is of', 'Access-Control-Expose-Headers: Content-Range'],
};

export interface FindingWords {
  readonly what: string;
  /** Empty where no header decides. */
  readonly header: string;
  readonly state: 'yes' | 'no' | 'missed' | 'unknown';
  readonly stateText: string;
}

export function findingWords({ point, holds, isNeeded }: MirrorFinding): FindingWords {
  const [what, header] = POINTS[point];
  if (holds === null) return { what, header, state: 'unknown', stateText: 'not found out' };
  if (holds) return { what, header, state: 'yes', stateText: 'yes' };
  return isNeeded
    ? { what, header, state: 'no', stateText: 'no, and it is needed' }
    : { what, header, state: 'missed', stateText: 'no; it works without' };
}

export function verdict({ findings, isAlive }: MirrorReport): string {
  if (!isAlive) return 'Nothing answers there.';
  const lacks = findings.some(({ holds, isNeeded }) => isNeeded && holds === false);
  if (!findings.some(({ point }) => point === 'blobs'))
    return findings.some(({ point, holds }) => point === 'readable' && holds === true)
      ? 'Something answers there, but it is no registry.'
      : 'Something answers there, but does not let this page read it.';
  return lacks ? 'This page cannot use it yet.' : 'This page can use it.';
}

const EXPECTED: Readonly<Record<ConfigFault['expected'], string>> = {
  json: 'JSON',
  object: 'an object, { … }',
  registry: 'a registry’s host, such as docker.io or registry.example.org:5000',
  mirror: 'the URL of a mirror, https://… (or http:// on this machine), without a query',
  text: 'a text',
  layout: 'the URL of an image layout, or null',
  nothing: 'nothing of this name',
  less: 'less of it',
};

export function configFaultWords({ pointer, expected, found }: ConfigFault): string {
  return `${pointer === '' ? 'The file' : pointer}: expected ${EXPECTED[expected]}; found ${found}`;
}
