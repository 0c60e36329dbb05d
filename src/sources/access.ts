/**
 * What lets us in: credentials and tokens, or the local file itself. They live in memory, cross to a worker beside an
 * Origin (never inside it); credentials are sent to the one registry they were given for, and to the token service that
 * this registry named or, where a page cannot read that, `realms.ts` knows of it.
 */
import type { Archive } from './archive/archive.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Plain data. `registry` is the Origin's; nothing here is used for another one. */
export interface Access {
  readonly registry: string;
  readonly credentials: Credentials | null;
  /** Bearer tokens had already, so that each worker need not ask again. `expires` in ms since 1970. */
  readonly tokens: readonly { readonly scope: string; readonly token: string; readonly expires: number }[];
  /** What a LocalOrigin stands for. */
  readonly archive?: Archive;
}

export const NO_ACCESS: Access = { registry: '', credentials: null, tokens: [] };
