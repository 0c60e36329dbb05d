/** An image in a registry (distribution-spec v1.1, "Pull"), as a browser can read it. */
import { fail, Problem } from '../../base/problem.ts';
import { streamOf } from '../../base/bytes.ts';
import { algorithmOf, isDigest, type Digest } from '../../formats/digest.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import { digestOf } from '../../formats/hash.ts';
import { MANIFEST_LIMIT, parseManifest } from '../../formats/manifest.ts';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  essence,
  isManifestType,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../formats/media-type.ts';
import { NO_ACCESS, type Access } from '../access.ts';

import { drop, publicUrl, readDocument } from '../http/body.ts';
import { PATIENCE, type Patience } from '../http/patience.ts';
import { request, type RequestOptions } from '../http/request.ts';
import { rangeHeader, resuming } from '../http/resuming.ts';
import { manifestTypeOf } from '../manifest-type.ts';
import type { RegistryOrigin } from '../origin.ts';
import type { Referral, Referrals } from '../referrals.ts';
import type { OpenOptions } from '../source.ts';
import type { Place } from '../place.ts';
import { apiOrigin } from './api-host.ts';
import { Authorization } from './authorization.ts';
import { failureOf, readErrors, type Asked } from './errors.ts';
import { isForeignAddress } from './foreign-address.ts';
import { refuseGatewayFault } from './gateway-fault.ts';
import { listReferrers, referrersTag } from './referrers.ts';
import { reachOf, type Reach } from './reach.ts';
import { requestWithName, stillRefused } from './second-try.ts';
import { namePages } from './tags.ts';

/**
 * What to ask for while the type is not known. All four at once are longer than the 128 bytes that cross origins without
 * a preflight, so two by two; and those of indexes first: a registry that holds Docker's list, and is not told that we
 * take one, answers a tag with the list's linux/amd64 image and keeps the other platforms to itself (distribution,
 * registry/handlers/manifests.go, GetManifest; Quay does the same). What is none of the two is refused with 404 or 400
 * (distribution), 406, or made into a manifest of schema 1.
 */
const ACCEPT = [
  [OCI_INDEX, DOCKER_LIST],
  [OCI_MANIFEST, DOCKER_MANIFEST],
] as const;
/** Bytes of a header's value that cross origins without a preflight (Fetch, "CORS-safelisted request-header"). */
const MAX_ACCEPT = 128;
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 406]);
/** cosign, specs/SIGNATURE_SPEC.md and its kin: what it ties to a digest by the name of a tag. */
const COSIGN_TAGS = ['sig', 'att', 'sbom'] as const;
/** Addresses of one foreign layer that are tried. Real ones have one; a manifest of 4 MiB could name 100,000. */
const MAX_FOREIGN = 8;

export class RegistrySource implements Place {
  readonly #origin: RegistryOrigin;
  readonly #reach: Reach;
  readonly #patience: Patience;
  readonly #authorization: Authorization;

  /** `patience` is for tests. Fails with `bad-reference` for a domain that no URL can have. */
  constructor(origin: RegistryOrigin, access: Access = NO_ACCESS, patience: Patience = PATIENCE) {
    const { registry, repository } = origin;
    this.#origin = origin;
    this.#reach = reachOf(registry, access.route);
    this.#patience = patience;
    this.#authorization = new Authorization({ reach: this.#reach, repository, access, patience });
  }

  access(): Access {
    return this.#authorization.snapshot();
  }

  forget(): void {
    this.#authorization.forget();
  }

  async resolve(signal: AbortSignal, remembered?: Descriptor): Promise<Descriptor> {
    const { tag, digest } = this.#origin;
    if (remembered !== undefined && (await this.#isStill(remembered, signal))) return remembered;
    return this.#read(digest ?? tag ?? 'latest', digest === undefined ? 'tag' : 'manifest', signal);
  }

  async open(
    what: Descriptor,
    { signal, range, isManifest = isManifestType(what.mediaType), fleeting }: OpenOptions,
  ): Promise<ReadableStream<Uint8Array>> {
    if (isManifest) return this.#openManifest(what, { signal, ...(range && { range }) });
    const patience = this.#patience;
    try {
      const url = this.#url('blobs', what.digest);
      const asked = this.#asked('blob', what.digest);
      return await resuming(what, (part, stop) => this.#get(url, rangeOf(part), asked, stop), {
        signal,
        range,
        patience,
        fleeting,
      });
    } catch (error) {
      if (what.urls === undefined || what.urls.length === 0 || !isElsewhere(error)) throw error;
      return this.#openForeign(what, what.urls, { signal, ...(range && { range }) });
    }
  }

  /** Names of the repository's tags, in the registry's order, page by page. */
  tags(signal: AbortSignal): AsyncGenerator<readonly string[]> {
    const asked = this.#asked('repository', this.#origin.repository);
    const list = { url: this.#url('tags', 'list'), key: 'tags' } as const;
    return namePages(list, (url) => this.#send(url, {}, asked, signal), asked, signal);
  }

  /** Names of the registry's repositories, page by page; many registries tell nobody. */
  repositories(signal: AbortSignal): AsyncGenerator<readonly string[]> {
    const asked = this.#asked('catalog', this.#origin.registry);
    const list = { url: `${this.#reach.base}/v2/_catalog`, key: 'repositories' } as const;
    return namePages(list, (url) => this.#send(url, {}, asked, signal), asked, signal);
  }

  /**
   * What another tag of the repository means: without its body, which no rate limit counts, where the digest may be read
   * from the answer's headers; else with it.
   */
  async find(tag: string, signal: AbortSignal): Promise<Descriptor> {
    const asked = this.#asked('tag', tag);
    const url = this.#url('manifests', tag);
    for (const accept of ACCEPT) {
      const headers = { Accept: accept.join(',') };
      const response = await this.#send(url, headers, asked, signal, { method: 'HEAD' });
      await drop(response);
      if (isSchema1(response) || REFUSALS.has(response.status)) continue;
      if (!response.ok) fail(failureOf(response, [], asked));
      const digest = response.headers.get('Docker-Content-Digest') ?? '';
      const size = Number(response.headers.get('Content-Length') ?? '');
      const mediaType = essence(response.headers.get('Content-Type') ?? '');
      if (!isDigest(digest) || !Number.isSafeInteger(size) || size <= 0 || !isManifestType(mediaType)) break;
      return { mediaType, digest, size };
    }
    return this.#read(tag, 'tag', signal);
  }

  async referrals({ digest }: Descriptor, signal: AbortSignal): Promise<Referrals> {
    const asked = this.#asked('manifest', digest);
    const once = { patience: { ...this.#patience, tries: 1 } };
    const send = (url: string) => this.#send(url, { Accept: OCI_INDEX }, asked, signal, once);
    const tag = referrersTag(digest);
    const [listed, fallback, ...cosign] = await Promise.all([
      listReferrers(this.#url('referrers', digest), send, signal),
      this.#tagged(tag, signal),
      ...COSIGN_TAGS.map((suffix) => this.#tagged(`${tag}.${suffix}`, signal)),
    ]);
    const found: Referral[] = (listed ?? []).map((descriptor) => ({ descriptor, way: 'api' }));
    if (fallback?.data !== undefined) {
      const index = parseManifest(fallback.data, fallback.mediaType);
      const named = index.kind === 'index' ? index.manifests : [];
      found.push(...named.map((descriptor): Referral => ({ descriptor, way: 'fallback-tag', tag })));
    }
    for (const [i, descriptor] of cosign.entries()) {
      if (descriptor === null) continue;
      found.push({ descriptor, way: 'cosign-tag', tag: `${tag}.${COSIGN_TAGS[i]!}` });
    }
    return { found, hasApi: listed !== null };
  }

  /** What a tag means that need not be there; null where it is not, or where no page may know. */
  async #tagged(tag: string, signal: AbortSignal): Promise<Descriptor | null> {
    try {
      return await this.#read(tag, 'tag', signal);
    } catch (error) {
      const code = error instanceof Problem ? error.failure.code : null;
      if (code === 'not-found' || code === 'unreachable' || code === 'bad-status') return null;
      throw error;
    }
  }

  /** A document of which no digest is known but the one it was asked by. */
  async #read(name: string | Digest, what: 'tag' | 'manifest', signal: AbortSignal): Promise<Descriptor> {
    const ask = () => this.#manifest(name, what, signal);
    const options = { signal, patience: this.#patience };
    const { response, bytes: data } = await readDocument(ask, 'manifest', MANIFEST_LIMIT, options);
    const digest = what === 'manifest' && isDigest(name) ? name : null;
    const actual = await digestOf(data, digest === null ? 'sha256' : algorithmOf(digest));
    if (digest !== null && actual !== digest) {
      fail({ code: 'digest-mismatch', subject: 'manifest', expected: digest, actual });
    }
    const mediaType = manifestTypeOf(response.headers.get('Content-Type') ?? '', data);
    return { mediaType, digest: actual, size: data.length, data };
  }

  #url(kind: 'manifests' | 'blobs' | 'tags' | 'referrers', name: string): string {
    return `${this.#reach.base}/v2/${this.#origin.repository}/${kind}/${name}`;
  }

  #asked(what: Asked['what'], name: string): Asked {
    const { repository } = this.#origin;
    const registry = this.#reach.host;
    return { registry, repository, what, name, hadCredentials: this.#authorization.hasCredentials };
  }

  /**
   * Whether the tag means `remembered` still: no body, and no count against a rate limit that is of GETs (Docker Hub). Fails with `unreachable`, at once, where nothing is there.
   */
  async #isStill(remembered: Descriptor, signal: AbortSignal): Promise<boolean> {
    const { tag = 'latest', digest } = this.#origin;
    if (digest !== undefined) return digest === remembered.digest;
    const type = essence(remembered.mediaType);
    // Its own type, and a list's, see `ACCEPT`: else the tag of a list that has come in its place may be answered with
    // the one image of it that was here before.
    const accept = [type, type === DOCKER_LIST ? OCI_INDEX : DOCKER_LIST].join(',');
    if (!isManifestType(type) || accept.length > MAX_ACCEPT) return false;
    const once = { method: 'HEAD', patience: { ...this.#patience, tries: 1 } } as const;
    try {
      const url = this.#url('manifests', tag);
      const response = await this.#send(url, { Accept: accept }, this.#asked('tag', tag), signal, once);
      await drop(response);
      // Unreadable across origins unless exposed.
      return response.ok && response.headers.get('Docker-Content-Digest') === remembered.digest;
    } catch (error) {
      // A refusal, or one that a page may not read: a GET is told more of it.
      if (!(error instanceof Problem)) throw error;
      if (error.failure.code === 'unreachable' && error.failure.alive === false) throw error;
      return false;
    }
  }

  /** A manifest of which only the tag or digest is known. */
  async #manifest(name: string, what: 'tag' | 'manifest', signal: AbortSignal): Promise<Response> {
    const asked = this.#asked(what, name);
    let legacy: Response | null = null;
    let last: Response | null = null;
    for (const accept of ACCEPT) {
      const isLast = accept === ACCEPT.at(-1);
      try {
        last = await this.#send(this.#url('manifests', name), { Accept: accept.join(',') }, asked, signal);
      } catch (error) {
        // A 404 that a proxy has put no CORS header on cannot be told from no answer: the other types may be there.
        if (!isLast && mayBeUnmarked(error)) continue;
        throw error;
      }
      if (isSchema1(last)) {
        if (legacy !== null) await drop(legacy);
        legacy = last;
      } else if (last.ok) {
        if (legacy !== null) await drop(legacy);
        return last;
      } else if (!REFUSALS.has(last.status)) {
        break;
      } else if (!isLast) {
        const errors = await readErrors(last, signal);
        // Without the repository there is no point in asking for another type.
        if (errors.some(({ code }) => code === 'NAME_UNKNOWN')) return fail(failureOf(last, errors, asked));
      }
    }
    // It is of schema 1, and nothing else: whoever reads it can say so.
    if (legacy !== null) {
      if (last !== null && last !== legacy) await drop(last);
      return legacy;
    }
    return fail(failureOf(last!, await readErrors(last!, signal), asked));
  }

  /** A manifest whose digest is known, and mostly its type: one type in `Accept`, so mostly no preflight. */
  async #openManifest(what: Descriptor, { signal, range }: OpenOptions): Promise<ReadableStream<Uint8Array>> {
    const asked = this.#asked('manifest', what.digest);
    const type = essence(what.mediaType);
    const accept = { Accept: type };
    const ask = async () => {
      if (type === '' || type.length > MAX_ACCEPT) return this.#manifest(what.digest, 'manifest', signal);
      const response = await this.#send(this.#url('manifests', what.digest), accept, asked, signal);
      if (response.ok) return response;
      // Media types lie: perhaps it is there as another one.
      if (!REFUSALS.has(response.status))
        return fail(failureOf(response, await readErrors(response, signal), asked));
      await drop(response);
      return this.#manifest(what.digest, 'manifest', signal);
    };
    // Small, so read at once: registries know no ranges of manifests.
    const options = { signal, patience: this.#patience };
    const { bytes } = await readDocument(ask, 'manifest', MANIFEST_LIMIT, options);
    return streamOf(range === undefined ? bytes : bytes.subarray(range.start, range.end));
  }

  /** image-spec v1.1, descriptor.md, "urls": from strangers, so without anything of ours. */
  async #openForeign(what: Descriptor, urls: readonly string[], { signal, range }: OpenOptions) {
    const patience = this.#patience;
    // A mirror on this machine is no reason for a stranger's image to lead there.
    const api = apiOrigin(this.#origin.registry);
    for (const url of urls.filter((it) => isForeignAddress(it, api)).slice(0, MAX_FOREIGN)) {
      try {
        return await resuming(
          what,
          async (part, stop) => {
            const response = await request(url, { signal: stop, patience, headers: rangeOf(part) });
            if (isUsable(response)) return response;
            await drop(response);
            return fail({ code: 'bad-status', url: publicUrl(url), status: response.status, errors: [] });
          },
          { signal, range, patience },
        );
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    }
    return fail({ code: 'foreign-layer', digest: what.digest, urls: urls.slice(0, MAX_FOREIGN) });
  }

  /** A part of a blob, or all of it. */
  async #get(
    url: string,
    headers: Record<string, string>,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<Response> {
    const response = await this.#send(url, headers, asked, signal);
    if (isUsable(response)) return response;
    return fail(failureOf(response, await readErrors(response, signal), asked));
  }

  /** The answer to who we are, of any status but 401. */
  async #send(
    url: string,
    headers: Record<string, string>,
    asked: Asked,
    signal: AbortSignal,
    more: Partial<Pick<RequestOptions, 'method' | 'patience'>> = {},
  ): Promise<Response> {
    const options = { signal, patience: this.#patience, ...more };
    let header = await this.#authorization.header(signal);
    // The second time with what the first refusal wants; a third would say the same again.
    for (let round = 0; ; round++) {
      const all = header === null ? headers : { ...headers, Authorization: header };
      const response = await (round === 0
        ? request(url, { ...options, headers: all })
        : requestWithName(url, { ...options, headers: all }));
      await refuseGatewayFault(response, signal);
      if (response.status !== 401) return response;
      const errors = await readErrors(response, signal);
      if (round > 0) return stillRefused(url, header ?? '', asked, errors);
      header = await this.#authorization.answer(response, errors, header, signal);
    }
  }
}

const rangeOf = (range: Parameters<typeof rangeHeader>[0] | null): Record<string, string> =>
  range === null ? {} : { Range: rangeHeader(range) };

const isUsable = ({ status }: Response) => status === 200 || status === 206 || status === 416;

function isSchema1(response: Response): boolean {
  const type = essence(response.headers.get('Content-Type') ?? '');
  return response.ok && (type === DOCKER_SCHEMA1 || type === DOCKER_SCHEMA1_SIGNED);
}

function mayBeUnmarked(error: unknown): boolean {
  if (!(error instanceof Problem) || error.failure.code !== 'unreachable') return false;
  const { alive, redirects, preflight } = error.failure;
  return alive === true && redirects === undefined && preflight === undefined;
}

/** The registry does not have it, or does not give it to a page; one that wants to know who asks might. */
function isElsewhere(error: unknown): boolean {
  return (
    error instanceof Problem && error.failure.code !== 'unauthorized' && error.failure.code !== 'rate-limited'
  );
}
