/** What a server answered, or stopped answering, in words. That it did not answer at all: `unreachable-words.ts`. */
import { wholeNumber } from '../shared/quantity.ts';
import { canSignIn } from '../sign-in/sign-in.ts';
import { ASK_AGAIN, bytesText, given, said, type FailureWords, type Of } from './failure-phrases.ts';

const NO_FAULT_OF_YOURS = 'The image itself may be all right: something between it and you is not.';

export function unauthorizedWords(failure: Of<'unauthorized'>): FailureWords {
  return canSignIn(failure) ? signInWords(failure) : noWayInWords(failure);
}

function signInWords(failure: Of<'unauthorized'>): FailureWords {
  const isWrong = failure.hadCredentials && !failure.wasKnown;
  return {
    title: failure.wasKnown
      ? 'This account may not have this image'
      : isWrong
        ? 'The registry did not accept these credentials'
        : 'The registry asks who you are',
    detail: [
      failure.wasKnown
        ? `${failure.registry} knows the name and the password, and does not give the image to them. Registries give the same answer for repositories that do not exist.`
        : isWrong
          ? `${failure.registry} refused the name and the password, or the access token has expired. Both have been forgotten; the name is still in the form.`
          : `${failure.registry} wants a name and a password (or an access token) for this image. Registries give the same answer for repositories that do not exist.`,
    ],
    facts: [
      ['Asked', failure.url],
      ['Answer', '401 Unauthorized'],
      ...given('Offers', failure.offers.join(', ')),
      ...said(failure.errors),
    ],
    advice: [
      isWrong
        ? 'Sign in again.'
        : failure.wasKnown
          ? 'Check the spelling of the repository, or sign in with an account that may pull it.'
          : 'Check the spelling of the repository, then sign in.',
    ],
  };
}

function noWayInWords(failure: Of<'unauthorized'>): FailureWords {
  return {
    title: 'The registry asks who you are, in a way that no web page can answer',
    detail: [
      failure.barred === undefined
        ? 'A page can sign in with a name and a password (Basic) or at a token service (Bearer). This registry takes neither.'
        : 'It names a token service that a page must not send a password to: it is not on https, or it is on this machine while the registry is not.',
    ],
    facts: [
      ['Asked', failure.url],
      ['Answer', '401 Unauthorized'],
      ['Offers', failure.offers.join(', ')],
      ...given('Token service', failure.barred ?? ''),
      ...said(failure.errors),
    ],
    advice: [
      'Copy the image to a file with a tool that can sign in, such as skopeo, and open that file.',
      failure.barred === undefined
        ? 'If the registry is yours, let it offer Basic or Bearer too.'
        : 'If the registry is yours, let it name its token service by https.',
    ],
  };
}

export function forbiddenWords(failure: Of<'forbidden'>): FailureWords {
  return {
    title: 'The registry does not let you see this',
    detail: [
      failure.hadCredentials
        ? `The account that was given to ${failure.registry} may not pull this image.`
        : `${failure.registry} refuses this image to anyone who is not signed in, or to everyone from where you are.`,
    ],
    facts: [['Asked', failure.url], ['Answer', '403 Forbidden'], ...said(failure.errors)],
    advice: [
      failure.hadCredentials
        ? 'Sign in with an account that may pull it.'
        : 'Sign in, or ask the owner for access.',
    ],
  };
}

export function rateLimitedWords(failure: Of<'rate-limited'>): FailureWords {
  return {
    title: 'The registry asks for patience',
    detail: [`${failure.registry} answered “too many requests”, also after waiting and asking again.`],
    facts: [
      ['Asked', failure.url],
      ['Answer', '429 Too Many Requests'],
      ...given('Wait', failure.retryAfter === undefined ? '' : `${wholeNumber(failure.retryAfter)} s`),
      ...said(failure.errors),
    ],
    advice: [
      failure.retryAfter === undefined
        ? ASK_AGAIN
        : `Try again in ${wholeNumber(failure.retryAfter)} seconds.`,
      'Signed-in accounts often have a higher limit.',
    ],
  };
}

export function badStatusWords(failure: Of<'bad-status'>): FailureWords {
  return {
    title:
      failure.status >= 500
        ? 'The server is in trouble'
        : 'The server gave an answer that makes no sense here',
    detail: [
      failure.status >= 500 ? NO_FAULT_OF_YOURS : 'Is it a registry, or a static image layout, at all?',
    ],
    facts: [['Asked', failure.url], ['Answer', `HTTP status ${failure.status}`], ...said(failure.errors)],
    advice: [failure.status >= 500 ? ASK_AGAIN : 'Check the host and its port.'],
  };
}

export function interruptedWords(failure: Of<'interrupted'>): FailureWords {
  return {
    title: 'The connection broke',
    detail: ['The bytes stopped before the end, also after trying again.'],
    facts: [
      ['Asked', failure.url],
      ['Came', bytesText(failure.received)],
      ...given('Expected', failure.expected === undefined ? '' : bytesText(failure.expected)),
    ],
    advice: ['Check your connection, and try again.'],
  };
}
