/** What is not there, in words. */
import { given, PULL_AGAIN, said, type FailureWords, type Of } from './failure-phrases.ts';

/** Names of what there is instead: more would be no help. */
const MOST_OFFERED = 24;

export function notFoundWords(failure: Of<'not-found'>): FailureWords {
  const [title, advice] = {
    repository: [
      'The registry has no such repository',
      'Check the spelling; names are case-sensitive and have no “library/” outside Docker Hub.',
    ],
    catalog: [
      'The registry does not tell which repositories it has',
      'Many do not. Open one by its name: #tags=registry/repository.',
    ],
    tag: [
      'The repository has no such tag',
      'Check the tag. “latest” is asked for where none is given, and need not exist.',
    ],
    manifest: [
      'The registry does not have this manifest',
      'Check the tag or the digest. The image may have been deleted.',
    ],
    blob: ['The registry has the manifest, but not everything that it names', PULL_AGAIN],
    layout: [
      'There is no image layout at this address',
      'The folder must have the files oci-layout and index.json (OCI image layout).',
    ],
    platform: [
      'The image is not made for this platform',
      'Choose another one, or leave the platform out of the address.',
    ],
    file: [
      'This link is to a file on the machine of whoever made it',
      'Drop the file here again, or open it with the button: the link then shows what it showed.',
    ],
    member: ['The archive has no such file', 'Its list tells what it holds.'],
    image: ['The file has no image of this name', 'Open the file again, and choose one that it has.'],
  }[failure.what] as [string, string];
  // Platforms are buttons.
  const offered = failure.what === 'platform' ? [] : (failure.offered ?? []);
  return {
    title,
    detail:
      failure.what === 'file'
        ? [
            'A page may read a file only while the page is open, and only after somebody gave it the file; once it is moved or changed, it must be given again. Nothing of it was kept or sent.',
          ]
        : [],
    facts: [
      ...given('Name', failure.what === 'file' ? '' : failure.name),
      ...given('There are', offered.slice(0, MOST_OFFERED).join(', ')),
      ...given('Asked', failure.url ?? ''),
      ...said(failure.errors ?? []),
    ],
    advice: [advice],
  };
}
