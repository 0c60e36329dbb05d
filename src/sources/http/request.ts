/** One GET or HEAD, tried again where that may help. */
import { fail } from '../../base/problem.ts';
import { drop, publicUrl } from './body.ts';
import { isPassing, parseRetryAfter, patiently, waitFor, type Patience, type Setback } from './patience.ts';

export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly method?: 'GET' | 'HEAD';
  /**
   * `Accept` and a closed `Range` cross origins without a preflight while they are short (Fetch, "CORS-safelisted
   * request-header": 128 bytes each); `Authorization` never does. Anything else is a preflight that many registries
   * answer with 401 or 405.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether cookies go along; `same-origin` for the app's own files behind a login. */
  readonly credentials?: 'omit' | 'same-origin';
}

/**
 * The answer, of whatever status, once it is none that passes (429, 5xx). Redirects are followed by `fetch`, which
 * drops `Authorization` on the way to another origin (Fetch, HTTP-redirect fetch, step 13).
 * Fails with `unreachable`; an abort rejects with the signal's reason.
 */
export async function request(url: string, options: RequestOptions): Promise<Response> {
  const { signal, patience, method = 'GET', headers = {}, credentials = 'omit' } = options;
  let alive = false;
  for (let next = 2; ; next++) {
    let response;
    try {
      const coming = fetch(url, {
        method,
        headers,
        signal,
        credentials,
        // What is worth keeping is kept by the project's own cache, checked; the browser's would hold large layers
        // twice, and lets readers of one URL wait for each other.
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      });
      response = await patiently(coming, url, patience);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TypeError)) throw error;
      alive ||= await isAlive(url, signal);
      // Something is there, so it is CORS most likely, and would be again; but once more, if it was a dropped line.
      const tries = alive ? Math.min(2, patience.tries) : patience.tries;
      if (await waitFor(next, { why: 'no-answer', url }, { ...patience, tries }, signal)) continue;
      const redirects = alive && (await isSentOn(url, options)) ? ({ redirects: true } as const) : {};
      return fail({ code: 'unreachable', url: publicUrl(url), alive, ...redirects }, { cause: error });
    }
    if (!isPassing(response.status)) return response;
    const setback: Setback = {
      why: response.status === 429 ? 'too-many' : 'trouble',
      // Where it was redirected to, that is the one in trouble.
      url: response.url,
      retryAfter: parseRetryAfter(response.headers.get('Retry-After'), Date.now()),
    };
    if (!(await isWorthWaiting(response, next, setback, patience, signal))) return response;
  }
}

async function isWorthWaiting(
  response: Response,
  next: number,
  setback: Setback,
  patience: Patience,
  signal: AbortSignal,
): Promise<boolean> {
  const isLast = next > patience.tries || (setback.retryAfter ?? 0) > patience.longest;
  // The body of the last one is read for its errors.
  if (!isLast) await drop(response);
  return waitFor(next, setback, patience, signal);
}

/**
 * Whether anything answers at all. `fetch` tells nobody why it failed; an opaque request is allowed everywhere and only
 * fails where there is no server (or the browser forbids the address: mixed content, local network).
 */
export async function isAlive(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(new URL('/', url), {
      method: 'HEAD',
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal,
    });
    await drop(response);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/**
 * Whether the host itself lets a page read that it sends it elsewhere: then it is there that something is wrong, or it is a
 * circle. Which, and where, no page is told.
 */
async function isSentOn(url: string, { signal, headers = {}, credentials = 'omit' }: RequestOptions) {
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      headers,
      signal,
      credentials,
      redirect: 'manual',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    await drop(response);
    // Outside of browsers the answer itself is given.
    return response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
