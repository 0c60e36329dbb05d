/**
 * What can go wrong, as facts. One closed union of plain data, so that a failure survives `postMessage`
 * (structuredClone strips the class of an error down to its message). Words for people are made in `ui`.
 */

/** What a digest or a size was claimed for. */
export type Subject = 'index' | 'manifest' | 'config' | 'layer' | 'diff-id' | 'blob';

/** One entry of a registry's error body (distribution-spec v1.1, "Error Codes"). Text from outside: show it escaped. */
export interface RegistryError {
  readonly code: string;
  readonly message: string;
}

/** Why a text is no reference (the names follow distribution/reference). */
export type ReferenceFault =
  | 'empty'
  | 'scheme'
  | 'uppercase'
  | 'bad-domain'
  | 'bad-port'
  | 'bad-path'
  | 'bad-tag'
  | 'bad-digest'
  | 'unknown-algorithm'
  | 'digest-length'
  | 'name-too-long'
  | 'tag-too-long'
  | 'hex-only'
  | 'trailing';

/** Formats that we read, for `malformed`. */
export type Format =
  | 'reference'
  | 'digest'
  | 'json'
  | 'index'
  | 'manifest'
  | 'config'
  | 'descriptor'
  | 'oci-layout'
  | 'challenge'
  | 'token'
  | 'tags'
  | 'gzip'
  | 'zstd'
  | 'tar'
  | 'x509'
  | 'file'
  | 'document';

/** What kept the gateway of this machine from asking a registry. */
export type GatewayFault =
  /** The name leads to this machine or its network, which must be named when the gateway is started. */
  | 'private-address'
  | 'no-such-host'
  | 'no-answer'
  | 'timeout'
  | 'certificate'
  /** It does not speak HTTP, or too much of it. */
  | 'malformed-answer'
  | 'redirect-loop'
  | 'too-many-redirects'
  /** To something that is not https. */
  | 'bad-redirect'
  /** A token service that the registry does not name. */
  | 'unknown-realm'
  /** Not from the gateway's own page, or nothing that it does. */
  | 'refused';

export type Failure =
  /** `at` is the index, in UTF-16 code units, of the first character of `input` that cannot be. */
  | {
      readonly code: 'bad-reference';
      readonly input: string;
      readonly at: number;
      readonly fault: ReferenceFault;
    }
  /** An address in the URL (`#layout=`, `#platform=`) that we cannot use. */
  | { readonly code: 'bad-address'; readonly input: string; readonly reason: string }
  /**
   * The browser gave no answer: host down, no CORS, mixed content; it does not say which. `alive` is true when
   * an opaque probe reached the host, which leaves CORS; false when that failed too; absent when not tried.
   * `redirects`: it could be read, but sends on to somewhere that could not (or round in a circle). `preflight`: it had
   * been answered without `Authorization`, which is what the host does not let pages send. `tokensOf`: it is the token
   * service of that registry.
   * `gateway`: the gateway of this machine was asked instead, and says why it could not.
   */
  | {
      readonly code: 'unreachable';
      readonly url: string;
      readonly alive?: boolean;
      readonly redirects?: true;
      readonly preflight?: true;
      readonly tokensOf?: string;
      readonly gateway?: { readonly fault: GatewayFault; readonly message: string };
    }
  /**
   * 401. `offers` are the schemes of the challenge, where it could be read. `barred`: what it names as its token service,
   * where no page may ask that. `wasKnown`: the token service took the name and the password; the registry refuses all the
   * same.
   */
  | {
      readonly code: 'unauthorized';
      readonly registry: string;
      readonly url: string;
      readonly offers: readonly string[];
      readonly barred?: string;
      readonly hadCredentials: boolean;
      readonly wasKnown?: true;
      readonly errors: readonly RegistryError[];
    }
  /** 403. */
  | {
      readonly code: 'forbidden';
      readonly registry: string;
      readonly url: string;
      readonly hadCredentials: boolean;
      readonly errors: readonly RegistryError[];
    }
  /** 404, or a name that a layout or an index does not have. `offered`: what there is of that kind instead. */
  | {
      readonly code: 'not-found';
      readonly what:
        | 'repository'
        | 'catalog'
        | 'tag'
        | 'manifest'
        | 'blob'
        | 'layout'
        | 'platform'
        | 'image'
        | 'file'
        /** Of an archive in an image. */
        | 'member';
      readonly name: string;
      readonly offered?: readonly string[];
      readonly url?: string;
      readonly errors?: readonly RegistryError[];
    }
  /** 429 after all tries. `retryAfter` in seconds. */
  | {
      readonly code: 'rate-limited';
      readonly registry: string;
      readonly url: string;
      readonly retryAfter?: number;
      readonly errors: readonly RegistryError[];
    }
  /** Any other status that is no success. */
  | {
      readonly code: 'bad-status';
      readonly url: string;
      readonly status: number;
      readonly errors: readonly RegistryError[];
    }
  /** The body ended early, after all tries. Bytes. */
  | {
      readonly code: 'interrupted';
      readonly url: string;
      readonly received: number;
      readonly expected?: number;
    }
  | {
      readonly code: 'digest-mismatch';
      readonly subject: Subject;
      readonly expected: string;
      readonly actual: string;
    }
  /** Bytes. `actual` may be a lower bound: reading stops at the first byte too many. */
  | {
      readonly code: 'size-mismatch';
      readonly subject: Subject;
      readonly digest: string;
      readonly expected: number;
      readonly actual: number;
    }
  /** `offset` in bytes within the format's own bytes; `pointer` is a JSON pointer (RFC 6901). */
  | {
      readonly code: 'malformed';
      readonly format: Format;
      readonly reason: string;
      readonly offset?: number;
      readonly pointer?: string;
    }
  /** A local file or folder that is no image. `looksLike`: `jpeg`, `zip`, `text`, `empty`, `folder`, `unknown` … */
  | { readonly code: 'not-an-image'; readonly name: string; readonly looksLike: string }
  /** Known to exist, not done here. `name` is what was found. */
  | {
      readonly code: 'unsupported';
      readonly what:
        'compression' | 'encryption' | 'schema1' | 'artifact' | 'media-type' | 'digest-algorithm' | 'feature';
      readonly name: string;
    }
  /** Past one of our limits. Bytes, or entries where `what` says so; `offset` as in `malformed`. */
  | {
      readonly code: 'too-large';
      readonly what: string;
      readonly limit: number;
      readonly actual?: number;
      readonly offset?: number;
    }
  /** A layer that lives elsewhere (`urls`), and could not be had from there. */
  | { readonly code: 'foreign-layer'; readonly digest: string; readonly urls: readonly string[] }
  /** The browser lacks something we need (WebCrypto outside a secure context, for one). */
  | { readonly code: 'missing-feature'; readonly feature: string }
  /** No room in the browser's storage. */
  | { readonly code: 'quota'; readonly needed?: number }
  /** Ours: something was thrown that is neither a Problem nor an abort. Made only where it reaches the user. */
  | { readonly code: 'bug'; readonly message: string };

export type FailureCode = Failure['code'];

/** The one class that carries a Failure through `throw`. Anything else that is thrown is a bug, or an abort. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(describe(failure), options);
    this.failure = failure;
  }
}

/** Throws `failure`. An expression, so that it can stand where a value is wanted. */
export function fail(failure: Failure, options?: ErrorOptions): never {
  throw new Problem(failure, options);
}

type Mismatch = Extract<Failure, { readonly code: 'digest-mismatch' | 'size-mismatch' }>;

/** The content is not what its descriptor or config says. */
export function isMismatch(failure: Failure): failure is Mismatch {
  return failure.code === 'digest-mismatch' || failure.code === 'size-mismatch';
}

/** For logs and test output only: the facts on one line. */
function describe(failure: Failure): string {
  const { code, ...facts } = failure;
  return `${code} ${JSON.stringify(facts)}`;
}
