/** No answer, of which more is known than that there was none. Pure. */
import type { FailureWords } from './failure-phrases.ts';
import type { Failure } from '../../base/problem.ts';

/** Null where no more is known. */
export function barredWords(failure: Extract<Failure, { code: 'unreachable' }>): FailureWords | null {
  const { url, alive, preflight, redirects, tokensOf } = failure;
  const facts = [['Asked', url]] as const;
  if (preflight) {
    return {
      title: 'The host does not let a page sign in',
      detail: [
        'It wants to know who asks, but it lets no page send that: before a browser sends a name, a password or a token to another site, it asks that site for leave (a “preflight”, with OPTIONS), and this one says no. distribution does so with any authentication.',
      ],
      facts,
      advice: [
        'If the registry is yours, put a proxy in front that answers OPTIONS itself: status 204, with the headers below.',
        'If it is not, copy the image to where a browser may read it, or to a file.',
      ],
    };
  }
  if (redirects) {
    return {
      title: 'The host sends us on to where a page cannot follow',
      detail: [
        'It answers with a redirect, and what it leads to could not be read: that host is down, or does not let pages of other sites read it (CORS), or the redirects lead in a circle. A page is not told where they lead.',
      ],
      facts,
      advice: [
        'If the registry is yours, give the storage that it redirects to a CORS rule for “*” (a page comes there as “null”), or let it send the bytes itself.',
        'If it is not, copy the image to where a browser may read it, or to a file.',
      ],
    };
  }
  if (tokensOf !== undefined) {
    return {
      title: alive ? 'The token service does not let this page read it' : 'The token service gave no answer',
      detail: [
        `${tokensOf} itself answered, and sent us to its token service. ${
          alive
            ? 'That one is there, but lacks the headers by which a server lets pages of other sites read its answers (CORS).'
            : 'That one is down, or does not let pages of other sites read its answers (CORS).'
        }`,
      ],
      facts,
      advice: [
        'Try again in a while.',
        'If the registry is yours, let its token service send the headers below too, and answer OPTIONS.',
      ],
    };
  }
  return null;
}
