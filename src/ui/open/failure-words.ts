/**
 * What went wrong, in words: what was asked, what came, and what to do next. Pure; the page draws it.
 *
 * Here: which words a code has, and those for what the person, the browser or this page did. The rest by what went wrong:
 *
 *     barred-words, unreachable-words   nobody answered, as far as a page can tell
 *     answer-words                      what a server answered
 *     not-found-words                   what is not there
 *     content-words                     the bytes that came
 *     local-words                       of these, what is said otherwise of a file of this machine
 */
import { unreachable } from '../../base/assert.ts';
import type { Failure } from '../../base/problem.ts';
import {
  badStatusWords,
  forbiddenWords,
  interruptedWords,
  rateLimitedWords,
  unauthorizedWords,
} from './answer-words.ts';
import { barredWords } from './barred-words.ts';
import {
  digestMismatchWords,
  foreignLayerWords,
  malformedWords,
  notAnImageWords,
  sizeMismatchWords,
  tooLargeWords,
  unsupportedWords,
} from './content-words.ts';
import { bytesText, given, sentence, type FailureWords } from './failure-phrases.ts';
import { ADDRESS_REASONS, REFERENCE_FAULTS } from './failure-terms.ts';
import { localWords } from './local-words.ts';
import { notFoundWords } from './not-found-words.ts';
import { unreachableWords } from './unreachable-words.ts';

/** `isLocal`: of a file or folder of this machine, which nobody pushed and no server sent. */
export function failureWords(failure: Failure, isLocal = false): FailureWords {
  const words = wordsOf(failure);
  return isLocal ? localWords(failure, words) : words;
}

function wordsOf(failure: Failure): FailureWords {
  switch (failure.code) {
    case 'bad-reference':
      return {
        title: 'This is not an image reference',
        detail: [REFERENCE_FAULTS[failure.fault]],
        facts: [],
        advice: [
          'A reference reads registry/repository:tag, or registry/repository@sha256:…; the registry may be left out for Docker Hub.',
        ],
      };
    case 'bad-address':
      return {
        title: 'The address of this page asks for something that cannot be',
        detail: [ADDRESS_REASONS.get(failure.reason) ?? `${sentence(failure.reason)}`],
        facts: [['Asked', failure.input]],
        advice: ['Correct what follows the # in the address, or open an image by its reference.'],
      };
    case 'unreachable':
      return barredWords(failure) ?? unreachableWords(failure, null);
    case 'unauthorized':
      return unauthorizedWords(failure);
    case 'forbidden':
      return forbiddenWords(failure);
    case 'not-found':
      return notFoundWords(failure);
    case 'rate-limited':
      return rateLimitedWords(failure);
    case 'bad-status':
      return badStatusWords(failure);
    case 'interrupted':
      return interruptedWords(failure);
    case 'digest-mismatch':
      return digestMismatchWords(failure);
    case 'size-mismatch':
      return sizeMismatchWords(failure);
    case 'malformed':
      return malformedWords(failure);
    case 'not-an-image':
      return notAnImageWords(failure);
    case 'unsupported':
      return unsupportedWords(failure);
    case 'too-large':
      return tooLargeWords(failure);
    case 'foreign-layer':
      return foreignLayerWords(failure);
    case 'missing-feature':
      return {
        title: 'This browser, or this page, lacks something',
        detail: [`Needed: ${failure.feature}.`],
        facts: [],
        advice: ['Open the page over https:// or on localhost, in a current browser.'],
      };
    case 'quota':
      return {
        title: 'The browser has no room left',
        detail: ['Its storage for this page is full.'],
        facts: given('Needed', failure.needed === undefined ? '' : bytesText(failure.needed)),
        advice: ['Free disk space, or clear the data that the browser keeps for this page.'],
      };
    case 'bug':
      return {
        title: 'Stratascope stumbled',
        detail: ['This is a mistake of the page, not of the image, and not of yours.'],
        facts: [['Message', failure.message]],
        advice: ['Please report it, with the reference and the message. Trying again may help meanwhile.'],
      };
    default:
      return unreachable(failure);
  }
}
