/** Who we are to one registry, for one repository: tokens, credentials, and what the registry wanted last. */
import { fail, Problem, type RegistryError } from '../../base/problem.ts';
import type { Access, Credentials } from '../access.ts';
import { publicUrl } from '../http/body.ts';
import type { Patience } from '../http/patience.ts';
import { parseChallenges, type Challenge } from './challenge.ts';
import type { Reach } from './reach.ts';
import { knownChallenge } from './realms.ts';
import { basic, fetchToken, realmOf, type Token } from './token.ts';

export interface AuthorizationOptions {
  readonly reach: Reach;
  /** Null for the registry as such, of which no more is wanted than to be let in. */
  readonly repository: string | null;
  readonly access: Access;
  readonly patience: Patience;
}

/**
 * Keeps what lets us in, in memory. Anonymous first: public images need no name, and `Authorization` costs a preflight
 * that registries without one (distribution with any auth) answer with 401.
 */
export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #scope: string;
  #credentials: Credentials | null;
  readonly #tokens = new Map<string, Token>();
  /** What was answered last; kept so that a new token needs no new refusal. */
  #challenge: Challenge | null = null;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
    const { access, reach, repository } = options;
    // Of the registry as a whole only its list of repositories is asked for.
    this.#scope =
      repository === null ? '' : repository === '' ? 'registry:catalog:*' : `repository:${repository}:pull`;
    // What was given for one registry is never used for another one, nor for its mirror.
    const isOurs = access.registry === reach.host;
    this.#credentials = isOurs ? access.credentials : null;
    if (!isOurs) return;
    for (const { scope, ...token } of access.tokens) this.#tokens.set(scope, token);
    this.#challenge = access.challenge ?? null;
  }

  get hasCredentials(): boolean {
    return this.#credentials !== null;
  }

  /** What a worker needs to go on where we are. */
  snapshot(): Access {
    const tokens = [...this.#tokens].map(([scope, token]) => ({ scope, ...token }));
    const { reach, access } = this.#options;
    const { route } = access;
    const challenge = this.#challenge;
    return {
      registry: reach.host,
      credentials: this.#credentials,
      tokens,
      ...(challenge && { challenge }),
      ...(route && { route }),
    };
  }

  /** Lets go of all that lets us in. */
  forget(): void {
    this.#credentials = null;
    this.#tokens.clear();
    this.#challenge = null;
  }

  /** The header for the next request, as far as we know; null for none. */
  async header(signal: AbortSignal): Promise<string | null> {
    const token = this.#tokens.get(this.#scope);
    if (token !== undefined && token.expires > Date.now()) return `Bearer ${token.token}`;
    this.#tokens.delete(this.#scope);
    return this.#challenge === null ? null : this.#answer(this.#challenge, signal);
  }

  /**
   * The header that answers a 401, `sent` having been refused. Fails with `unauthorized` where there is nothing (else)
   * to say: then the user must.
   */
  async answer(
    response: Response,
    errors: readonly RegistryError[],
    sent: string | null,
    signal: AbortSignal,
  ): Promise<string> {
    this.#tokens.delete(this.#scope);
    const challenges = this.#challengesOf(response);
    let trouble: Problem | null = null;
    for (const challenge of challenges) {
      let header: string | null = null;
      try {
        header = await this.#answer(challenge, signal);
      } catch (error) {
        if (!(error instanceof Problem) || error.failure.code === 'unauthorized') throw error;
        // A token service that is down is no reason not to try what else is offered.
        trouble ??= error;
      }
      if (header === null || header === sent) continue;
      this.#challenge = challenge;
      return header;
    }
    if (trouble !== null) throw trouble;
    const { host, api } = this.#options.reach;
    const barred = challenges.find((one) => one.scheme === 'bearer' && realmOf(one, api) === null);
    return fail({
      code: 'unauthorized',
      registry: host,
      url: publicUrl(response.url),
      offers: challenges.map(({ scheme }) => scheme),
      ...(barred && { barred: barred.params.get('realm') ?? '' }),
      hadCredentials: this.hasCredentials,
      errors,
    });
  }

  /** Bearer first: a registry that offers both (Gitea) gives tokens to nobody, and takes Basic only from somebody. */
  #challengesOf(response: Response): Challenge[] {
    // A host that the registry redirected to: nothing of ours would reach it (`fetch` drops `Authorization` on the way),
    // and it shall not say to whom the user's name goes.
    const { reach } = this.#options;
    if (!response.url.startsWith(`${reach.base}/v2/`)) return [];
    const header = response.headers.get('WWW-Authenticate');
    if (header !== null) {
      return parseChallenges(header).sort(
        (a, b) => Number(b.scheme === 'bearer') - Number(a.scheme === 'bearer'),
      );
    }
    // Not exposed to pages. A registry that we do not know is tried with Basic, where the user gave a name.
    const known = knownChallenge(reach.host);
    if (known !== null) return [known];
    return this.hasCredentials ? [{ scheme: 'basic', params: new Map() }] : [];
  }

  async #answer(challenge: Challenge, signal: AbortSignal): Promise<string | null> {
    const { reach, patience } = this.#options;
    if (challenge.scheme === 'basic') return this.#credentials === null ? null : basic(this.#credentials);
    if (challenge.scheme !== 'bearer') return null;
    const realm = realmOf(challenge, reach.api);
    if (realm === null) return null;
    const wanted = { reach, challenge, scope: this.#scope, credentials: this.#credentials };
    const token = await fetchToken(realm, wanted, { signal, patience });
    this.#tokens.set(this.#scope, token);
    return `Bearer ${token.token}`;
  }
}
