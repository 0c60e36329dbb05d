/** An OCI image layout (image-spec v1.1, image-layout.md) that some web server serves as static files. */
import { streamOf, type Bytes } from '../../base/bytes.ts';
import { fail } from '../../base/problem.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import { algorithmOf, hexOf, type Digest } from '../../formats/digest.ts';
import { digestOf } from '../../formats/hash.ts';
import { MANIFEST_LIMIT, parseManifest } from '../../formats/manifest.ts';
import { essence, OCI_INDEX } from '../../formats/media-type.ts';
import { OCI_LAYOUT_LIMIT, parseOciLayout } from '../../formats/oci-layout.ts';
import { NO_ACCESS, type Access } from '../access.ts';

import { drop, publicUrl, readDocument } from '../http/body.ts';
import { PATIENCE, type Patience } from '../http/patience.ts';
import { request } from '../http/request.ts';
import { rangeHeader, resuming } from '../http/resuming.ts';
import type { Place } from '../place.ts';
import { referralsAmong } from '../referrals-among.ts';
import type { Referrals } from '../referrals.ts';
import type { LayoutOrigin } from '../origin.ts';
import type { ByteRange, OpenOptions } from '../source.ts';

/** image-spec v1.1, annotations.md: what tags are called in a layout. */
const REF_NAME = 'org.opencontainers.image.ref.name';

export class LayoutSource implements Place {
  readonly #origin: LayoutOrigin;
  readonly #patience: Patience;
  /** index.json, once it was read: it is no blob, and has a digest only because we gave it one. */
  #index: { readonly digest: Digest; readonly bytes: Bytes } | null = null;

  /** What index.json names. */
  #listed: readonly Descriptor[] = [];

  /** `patience` is for tests. */
  constructor(origin: LayoutOrigin, patience: Patience = PATIENCE) {
    this.#origin = origin;
    this.#patience = patience;
  }

  access(): Access {
    return NO_ACCESS;
  }

  /** The named entry of index.json, else its only one, else index.json itself as the index that it is. */
  async resolve(signal: AbortSignal, remembered?: Descriptor): Promise<Descriptor> {
    const { name, url } = this.#origin;
    const patience = remembered === undefined ? this.#patience : { ...this.#patience, tries: 1 };
    const asking = { signal, patience };
    parseOciLayout(await this.#document('oci-layout', OCI_LAYOUT_LIMIT, asking));
    const data = await this.#document('index.json', MANIFEST_LIMIT, asking);
    const index = parseManifest(data, OCI_INDEX);
    if (index.kind !== 'index') {
      return fail({ code: 'malformed', format: 'index', reason: 'index.json is no index' });
    }
    const { manifests } = index;
    this.#listed = manifests;
    if (name !== undefined) {
      const found =
        manifests.find(({ annotations }) => annotations?.get(REF_NAME) === name) ??
        manifests.find(({ digest }) => digest === name);
      return found ?? fail({ code: 'not-found', what: 'tag', name, url: `${url}index.json` });
    }
    if (manifests.length === 1) return manifests[0]!;
    const digest = await digestOf(data, 'sha256');
    this.#index = { digest, bytes: data };
    return { mediaType: index.mediaType, digest, size: data.length, data };
  }

  async referrals(what: Descriptor, signal: AbortSignal): Promise<Referrals> {
    const listed = this.#listed.map((descriptor) => {
      const name = descriptor.annotations?.get(REF_NAME);
      return { descriptor, names: name === undefined ? [] : [name] };
    });
    return { found: await referralsAmong(listed, this, what, signal), hasApi: null };
  }

  async open(
    what: Descriptor,
    { signal, range, fleeting }: OpenOptions,
  ): Promise<ReadableStream<Uint8Array>> {
    if (what.digest === this.#index?.digest) {
      const { bytes } = this.#index;
      return streamOf(range === undefined ? bytes : bytes.subarray(range.start, range.end));
    }
    const { digest } = what;
    const url = `${this.#origin.url}blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
    const ask = async (part: ByteRange | null, stop: AbortSignal) => {
      const response = await this.#request(url, { signal: stop, patience: this.#patience }, part);
      if (response.status === 206 || response.status === 416 || (response.ok && !isPage(response)))
        return response;
      await drop(response);
      if (response.ok || response.status === 404) {
        return fail({ code: 'not-found', what: 'blob', name: digest, url: publicUrl(url) });
      }
      return failStatus(response);
    };
    return resuming(what, ask, { signal, range, patience: this.#patience, fleeting });
  }

  async #document(
    name: 'oci-layout' | 'index.json',
    limit: number,
    asking: { readonly signal: AbortSignal; readonly patience: Patience },
  ): Promise<Bytes> {
    const ask = async () => {
      const response = await this.#request(this.#origin.url + name, asking, null);
      if (response.ok) return response;
      await drop(response);
      if (response.status !== 404) return failStatus(response);
      return fail({ code: 'not-found', what: 'layout', name, url: publicUrl(response.url) });
    };
    const { response, bytes } = await readDocument(ask, name, limit, asking);
    // A host of single-page apps answers every name that it does not have with its start page, and 200.
    if (isPage(response) && bytes[0] === LESS_THAN) {
      return fail({
        code: 'malformed',
        format: 'oci-layout',
        reason: `a web page in the place of ${name}`,
        offset: 0,
      });
    }
    return bytes;
  }

  #request(
    url: string,
    asking: { readonly signal: AbortSignal; readonly patience: Patience },
    range: ByteRange | null,
  ): Promise<Response> {
    const headers: Record<string, string> = range === null ? {} : { Range: rangeHeader(range) };
    // Beside the app itself there may be a login in front of both.
    return request(url, { ...asking, headers, credentials: 'same-origin' });
  }
}

const LESS_THAN = 0x3c;

const isPage = (response: Response) => essence(response.headers.get('Content-Type') ?? '') === 'text/html';

function failStatus({ url, status }: Response): never {
  return fail({ code: 'bad-status', url: publicUrl(url), status, errors: [] });
}
