import type { Failure } from '../../base/problem.ts';

/**
 * Whether a name and a password can help: a page knows Basic and the token services that it may ask. Where what the
 * registry offers could not be read, both may be meant.
 */
export function canSignIn({ offers, barred }: Extract<Failure, { code: 'unauthorized' }>): boolean {
  const isBearer = offers.includes('bearer') && barred === undefined;
  return offers.length === 0 || offers.includes('basic') || isBearer;
}
