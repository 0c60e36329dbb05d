/** What is said otherwise of a file or folder of this machine, which nobody pushed and no server sent. */
import type { Failure } from '../../base/problem.ts';
import type { FailureWords } from './failure-phrases.ts';

const SAVE_AGAIN = 'Copy the file or save the image again, and open that one.';

/** `words`: those for whatever place; they stay where a file deserves no others. */
export function localWords(failure: Failure, words: FailureWords): FailureWords {
  switch (failure.code) {
    case 'digest-mismatch':
      if (failure.subject === 'diff-id') return { ...words, advice: ['Do not use this copy.', SAVE_AGAIN] };
      return {
        ...words,
        detail: [
          'The bytes in the file do not have the digest by which the file names them. They were damaged, or somebody changed them.',
          'Nothing of it is shown.',
        ],
        advice: ['Do not use this copy.', SAVE_AGAIN],
      };
    case 'size-mismatch':
      return { ...words, advice: ['Do not use this copy.', SAVE_AGAIN] };
    case 'malformed': {
      const title = failure.format === 'tar' ? 'A tar is damaged, or cut off' : words.title;
      return { ...words, title, advice: [SAVE_AGAIN] };
    }
    case 'not-found':
      if (failure.what === 'blob' || failure.what === 'manifest')
        return {
          ...words,
          title:
            failure.what === 'blob'
              ? 'The manifest names a blob that is not in the file'
              : 'The file names a manifest that it does not have',
          advice: [SAVE_AGAIN],
        };
      if (failure.what === 'platform')
        return {
          ...words,
          title: 'The image for this platform is not in the file',
          advice: ['Choose one that is, or save the image for this platform and open that file.'],
        };
      return words;
    case 'quota':
      return {
        ...words,
        detail: [
          'The file is compressed as a whole, and has to be unpacked into the browser’s storage first. There is no room for it.',
        ],
        advice: [
          'Unpack it yourself (gzip -d, zstd -d) and open what comes out: that is read where it lies.',
          'Or free disk space, or clear the data that the browser keeps for this page.',
        ],
      };
    default:
      return words;
  }
}
