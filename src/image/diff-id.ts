/** The digest of what a layer unpacks to (image-spec v1.1, config.md, "Layer DiffID"). */
import { fail } from '../base/problem.ts';
import { algorithmOf, type Digest, type DigestAlgorithm } from '../formats/digest.ts';

/** Fails with `digest-mismatch` where one is `expected`, and another was found. */
export function checkDiffId(actual: Digest, expected: Digest | null): void {
  if (expected === null || actual === expected) return;
  fail({ code: 'digest-mismatch', subject: 'diff-id', expected, actual });
}

export function diffIdAlgorithm(diffId: Digest | null): DigestAlgorithm {
  return diffId === null ? 'sha256' : algorithmOf(diffId);
}
