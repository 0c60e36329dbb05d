/**
 * What lets us in: credentials and tokens, or the local file itself; and the way there. It lives in memory, crosses to a
 * worker beside an Origin (never inside it); credentials are sent to the one registry they were given for, and to the token
 * service that this registry named or, where a page cannot read that, `realms.ts` knows of it. The gateway of this machine
 * passes them on to those two.
 */
import type { Archive } from './archive/archive.ts';
import type { Challenge } from './registry/challenge.ts';
import type { Route } from './registry/reach.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Plain data. */
export interface Access {
  /**
   * Domain of whom credentials and tokens were given for: the Origin's registry or, where a mirror answers for that, the
   * mirror's host. They are used for nobody else.
   */
  readonly registry: string;
  readonly credentials: Credentials | null;
  /** Bearer tokens had already, so that each worker need not ask again. `expires` in ms since 1970. */
  readonly tokens: readonly { readonly scope: string; readonly token: string; readonly expires: number }[];
  /** What was wanted last, so that each worker need not be refused first. */
  readonly challenge?: Challenge;
  /** How the Origin's registry is reached; by itself where absent. Nothing that is kept or linked to depends on it. */
  readonly route?: Route;
  /** What a LocalOrigin stands for. */
  readonly archive?: Archive;
}

export const NO_ACCESS: Access = { registry: '', credentials: null, tokens: [] };
