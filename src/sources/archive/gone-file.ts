import type { Failure } from '../../base/problem.ts';

/**
 * What `error` means where it comes from reading a file that a person gave: it was moved, deleted or changed since
 * (File API, section 7.1). Null for any other error.
 */
export function goneFile(error: unknown, name: string): Failure | null {
  const isGone =
    error instanceof DOMException && (error.name === 'NotReadableError' || error.name === 'NotFoundError');
  return isGone ? { code: 'not-found', what: 'file', name } : null;
}
