/**
 * `algorithm:encoded` (image-spec v1.1, descriptor.md, "Digests"), of the registered algorithms only:
 * sha256, sha512 (registered) and sha384 (distribution/reference and go-digest take it), lower-case hex of full length.
 */
import { fail } from '../base/problem.ts';

declare const brand: unique symbol;

/** A text that `parseDigest` has checked. */
export type Digest = string & { readonly [brand]: 'Digest' };

export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** Hexadecimal digits of each algorithm. */
export const DIGEST_HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = {
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/** image-spec v1.1, descriptor.md: the whole grammar, of any algorithm, so that an unknown one is told from nonsense. */
const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
/** No digest that we know is longer; also keeps the regular expressions off long input. */
const MAX_LENGTH = 256;

/** The digest that `text` is; fails with `malformed`, or `unsupported` for an algorithm that we do not know. */
export function parseDigest(text: string): Digest {
  if (text.length > MAX_LENGTH || !GRAMMAR.test(text)) {
    fail({ code: 'malformed', format: 'digest', reason: `not a digest: ${text.slice(0, MAX_LENGTH)}` });
  }
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  if (!isAlgorithm(algorithm)) fail({ code: 'unsupported', what: 'digest-algorithm', name: algorithm });
  const encoded = text.slice(colon + 1);
  if (encoded.length !== DIGEST_HEX_LENGTH[algorithm] || !/^[0-9a-f]*$/.test(encoded)) {
    fail({
      code: 'malformed',
      format: 'digest',
      reason: `not ${DIGEST_HEX_LENGTH[algorithm]} hex digits: ${text}`,
    });
  }
  return text as Digest;
}

export function isDigest(text: string): text is Digest {
  try {
    parseDigest(text);
    return true;
  } catch {
    return false;
  }
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

/** The part after the colon. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

function isAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(DIGEST_HEX_LENGTH, name);
}
