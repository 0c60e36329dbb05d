import { fail } from '../../base/problem.ts';

/** `offset`: bytes from the start of the tar to the block or record that cannot be. */
export function malformed(reason: string, offset: number): never {
  fail({ code: 'malformed', format: 'tar', reason, offset });
}

export function tooLarge(what: string, limit: number, actual: number, offset: number): never {
  fail({ code: 'too-large', what, limit, actual, offset });
}
