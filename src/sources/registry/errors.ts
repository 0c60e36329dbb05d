/** What a registry says when it says no (distribution-spec v1.1, "Error Codes"). */
import { fail, Problem, type Failure, type RegistryError } from '../../base/problem.ts';
import { parseJson } from '../../formats/json.ts';
import { publicUrl, readBody } from '../http/body.ts';
import { parseRetryAfter } from '../http/patience.ts';

/** Bytes. More than any registry has to say. */
export const ERROR_BODY_LIMIT = 64 * 1024;
/** A person reads the first few, if any. */
const MAX_ERRORS = 16;
/** Characters. */
const MAX_TEXT = 1024;

/** The errors of a body, to its end or to the limit; none where it is something else (a proxy's page). */
export async function readErrors(response: Response, signal: AbortSignal): Promise<readonly RegistryError[]> {
  try {
    const body = parseJson(
      await readBody(response, 'error', ERROR_BODY_LIMIT, signal),
      'json',
      ERROR_BODY_LIMIT,
    );
    return body
      .get('errors')
      .array()
      .slice(0, MAX_ERRORS)
      .map((error) => ({
        code: error.get('code').string().slice(0, MAX_TEXT),
        message: (error.get('message').optional((it) => it.string()) ?? '').slice(0, MAX_TEXT),
      }));
  } catch (error) {
    // The status says enough; a body that cannot be read must not hide it.
    if (error instanceof Problem) return [];
    throw error;
  }
}

/** What was asked for, for the words. */
export interface Asked {
  readonly registry: string;
  readonly what: 'tag' | 'manifest' | 'blob' | 'repository' | 'catalog';
  /** The tag or digest. */
  readonly name: string;
  readonly repository: string;
  readonly hadCredentials: boolean;
}

/** Error codes of a 404 that are more telling than what was asked for. */
const MISSING: ReadonlyMap<string, 'repository' | 'blob'> = new Map([
  ['NAME_UNKNOWN', 'repository'],
  ['BLOB_UNKNOWN', 'blob'],
]);

/** Fails with what a status that is no success means. 401 is not for here: it has a challenge. */
export async function failWith(response: Response, asked: Asked, signal: AbortSignal): Promise<never> {
  return fail(failureOf(response, await readErrors(response, signal), asked));
}

export function failureOf(response: Response, errors: readonly RegistryError[], asked: Asked): Failure {
  const { registry, hadCredentials } = asked;
  const url = publicUrl(response.url);
  switch (response.status) {
    case 403:
      return { code: 'forbidden', registry, url, hadCredentials, errors };
    case 404: {
      const what = errors.map(({ code }) => MISSING.get(code)).find((it) => it !== undefined) ?? asked.what;
      return {
        code: 'not-found',
        what,
        name: what === 'repository' ? asked.repository : asked.name,
        url,
        errors,
      };
    }
    case 429: {
      const retryAfter = parseRetryAfter(response.headers.get('Retry-After'), Date.now());
      const seconds = retryAfter === null ? {} : { retryAfter: Math.ceil(retryAfter / 1000) };
      return { code: 'rate-limited', registry, url, ...seconds, errors };
    }
    default:
      return { code: 'bad-status', url, status: response.status, errors };
  }
}
