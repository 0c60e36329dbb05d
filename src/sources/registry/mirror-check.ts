/**
 * Whether a page can use a mirror: asked as a page asks, it finds out which of the headers are there. No header of CORS can
 * be read; what they do can be seen.
 */
import { drop, readBody } from '../http/body.ts';
import { isAlive } from '../http/request.ts';
import { MANIFEST_LIMIT, parseManifest } from '../../formats/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST } from '../../formats/media-type.ts';
import { Problem } from '../../base/problem.ts';
import type { Digest } from '../../formats/digest.ts';

/** What a page needs of a mirror, and what only helps it. */
export type MirrorPoint =
  /** Something answers, and lets this page read it: `Access-Control-Allow-Origin`. */
  | 'readable'
  /** It is a registry: `/v2/` says 200, or asks who we are. */
  | 'registry'
  /** The same for what one pulls: some answer `/v2/` with the headers, and blobs without. */
  | 'manifests'
  | 'blobs'
  /** `Access-Control-Allow-Headers` has `Authorization`, and the preflight is answered: for tokens. */
  | 'authorization'
  /** Exposed: `WWW-Authenticate`, `Docker-Content-Digest`, `Content-Range`. */
  | 'challenge'
  | 'digest'
  | 'range';

export interface MirrorFinding {
  readonly point: MirrorPoint;
  /** Null: could not be found out, for want of an image to try, or because it asks who we are. */
  readonly holds: boolean | null;
  /** Without it nothing opens. */
  readonly isNeeded: boolean;
}

export interface MirrorReport {
  readonly findings: readonly MirrorFinding[];
  /** Where it is not readable: whether anything is there at all. */
  readonly isAlive: boolean;
}

/** The image that is looked for; the answer to a name that is not there shows most, too. */
export interface MirrorTrial {
  readonly repository: string;
  readonly name: string;
}

const NO_IMAGE: MirrorTrial = { repository: 'stratascope/no-such-image', name: 'latest' };
const NO_DIGEST = `sha256:${'0'.repeat(64)}`;

/** `base`: as a Route has it. Never fails, but for an abort. */
export async function checkMirror(
  base: string,
  trial: MirrorTrial | null,
  signal: AbortSignal,
): Promise<MirrorReport> {
  const findings: MirrorFinding[] = [];
  const say = (point: MirrorPoint, holds: boolean | null, isNeeded = false) =>
    findings.push({ point, holds, isNeeded });
  const read = async (path: string, headers: Record<string, string> = {}): Promise<Response | null> => {
    try {
      return await fetch(`${base}/v2/${path}`, {
        headers,
        signal,
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TypeError) return null;
      throw error;
    }
  };

  const root = await read('');
  say('readable', root !== null, true);
  if (root === null) return { findings, isAlive: await isAlive(base, signal) };
  await drop(root);
  const asksWho = root.status === 401;
  const isRegistry = root.status === 200 || asksWho;
  say('registry', isRegistry, true);
  if (!isRegistry) return { findings, isAlive: true };

  const { repository, name } = trial ?? NO_IMAGE;
  const manifest = await readManifest((accept) =>
    read(`${repository}/manifests/${name}`, { Accept: accept.join(',') }),
  );
  say('manifests', manifest.isReadable, true);
  let { blob } = manifest;
  if (manifest.member !== null) {
    const accept = [OCI_MANIFEST, DOCKER_MANIFEST].join(',');
    const member = await read(`${repository}/manifests/${manifest.member}`, { Accept: accept });
    blob = member !== null && member.ok ? (await documentOf(member)).blob : null;
  }
  const part = await read(`${repository}/blobs/${blob ?? NO_DIGEST}`, { Range: 'bytes=0-0' });
  say('blobs', part !== null, true);
  const authorized = await read('', { Authorization: 'Bearer none' });
  say('authorization', authorized !== null, asksWho);
  say('challenge', asksWho ? root.headers.has('WWW-Authenticate') : null);
  say('digest', manifest.hasDigest);
  say('range', part?.status === 206 ? part.headers.has('Content-Range') : null);
  if (part !== null) await drop(part);
  if (authorized !== null) await drop(authorized);
  return { findings, isAlive: true };
}

interface Seen {
  readonly isReadable: boolean;
  readonly hasDigest: boolean | null;
  /** The first manifest of an index. */
  readonly member: Digest | null;
  /** The config of a manifest. */
  readonly blob: Digest | null;
}

async function readManifest(ask: (accept: readonly string[]) => Promise<Response | null>): Promise<Seen> {
  let isReadable = false;
  for (const accept of [
    [OCI_INDEX, DOCKER_LIST],
    [OCI_MANIFEST, DOCKER_MANIFEST],
  ]) {
    const response = await ask(accept);
    if (response === null) continue;
    isReadable = true;
    if (response.ok) {
      const hasDigest = response.headers.has('Docker-Content-Digest');
      return { isReadable, hasDigest, ...(await documentOf(response)) };
    }
    await drop(response);
  }
  return { isReadable, hasDigest: null, member: null, blob: null };
}

async function documentOf(response: Response): Promise<Pick<Seen, 'member' | 'blob'>> {
  try {
    const { signal } = new AbortController();
    const bytes = await readBody(response, 'manifest', MANIFEST_LIMIT, signal);
    const document = parseManifest(bytes, response.headers.get('Content-Type') ?? '');
    return document.kind === 'index'
      ? { member: document.manifests[0]?.digest ?? null, blob: null }
      : { member: null, blob: document.config.digest };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { member: null, blob: null };
  }
}
