/** What became of a sign-in, in words. */
import type { Attempt } from '../../session/attempt.ts';
import { failureWords } from '../open/failure-words.ts';

export interface AttemptWords {
  readonly isGood: boolean;
  readonly text: string;
}

export function attemptWords(registry: string, attempt: Attempt): AttemptWords {
  if (attempt === 'accepted') return { isGood: true, text: `Signed in to ${registry}.` };
  if (attempt === 'unasked') {
    return { isGood: true, text: `${registry} lets everybody in. The sign-in is used where it asks.` };
  }
  if (attempt.code === 'bad-reference') {
    return { isGood: false, text: 'This is no registry. It reads registry.example.org, or localhost:5000.' };
  }
  if (attempt.code === 'unauthorized' && attempt.hadCredentials) {
    return { isGood: false, text: `${registry} did not accept this name and password. Try again.` };
  }
  const { title } = failureWords(attempt);
  return { isGood: false, text: `Kept, but not checked: ${title.charAt(0).toLowerCase()}${title.slice(1)}.` };
}
