/** What went wrong, in words: what was asked, what came, and what to do next. Pure; the page draws it. */
import { unreachable } from '../../base/assert.ts';
import type { Failure, RegistryError } from '../../base/problem.ts';
import { exactBytes, humanBytes, wholeNumber } from '../shared/quantity.ts';
import { barredWords } from './barred-words.ts';
import { ADDRESS_REASONS, FORMATS, NOT_AN_IMAGE, REFERENCE_FAULTS, SUBJECTS } from './failure-terms.ts';
import { canSignIn } from '../sign-in/sign-in.ts';
import { unreachableWords } from './unreachable-words.ts';

export interface FailureWords {
  readonly title: string;
  readonly detail: readonly string[];
  /** Names and values; the values may come from outside. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What to do next. */
  readonly advice: readonly string[];
}

type Of<Code extends Failure['code']> = Extract<Failure, { code: Code }>;

const NO_FAULT_OF_YOURS = 'The image itself may be all right: something between it and you is not.';
/** Names of what there is instead: more would be no help. */
const MOST_OFFERED = 24;
const ASK_AGAIN = 'Try again in a while.';
const SAVE_AGAIN = 'Copy the file or save the image again, and open that one.';
const PULL_AGAIN = 'Have the image pushed again by whoever owns it, or ask for another tag.';

/** `isLocal`: of a file or folder of this machine, which nobody pushed and no server sent. */
export function failureWords(failure: Failure, isLocal = false): FailureWords {
  return (isLocal ? localWords(failure) : null) ?? wordsOf(failure);
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
      return canSignIn(failure) ? unauthorizedWords(failure) : noWayInWords(failure);
    case 'forbidden':
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
    case 'not-found':
      return notFoundWords(failure);
    case 'rate-limited':
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
    case 'bad-status':
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
    case 'interrupted':
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
    case 'digest-mismatch':
      return {
        title: `The ${SUBJECTS[failure.subject]} is not what it claims to be`,
        detail: [
          failure.subject === 'diff-id'
            ? 'What the layer unpacks to does not have the digest that the config of the image states. The image was built wrongly, or one of the two was tampered with.'
            : 'The bytes that came do not have the digest that they were asked for by. They were damaged on the way, or somebody changed them.',
          'Nothing of it is shown.',
        ],
        facts: [
          ['Expected', failure.expected],
          ['Came', failure.actual],
        ],
        advice: [
          'Do not use this copy.',
          `If it happens again: ${PULL_AGAIN.charAt(0).toLowerCase()}${PULL_AGAIN.slice(1)}`,
        ],
      };
    case 'size-mismatch':
      return {
        title: `The ${SUBJECTS[failure.subject]} is not as long as it claims to be`,
        detail: [
          failure.actual < failure.expected
            ? 'The bytes end too early.'
            : 'There are more bytes than were announced; reading stopped there.',
          'Nothing of it is shown.',
        ],
        facts: [
          ['Digest', failure.digest],
          ['Expected', bytesText(failure.expected)],
          ['Came', `${failure.actual > failure.expected ? 'at least ' : ''}${bytesText(failure.actual)}`],
        ],
        advice: ['Do not use this copy.', PULL_AGAIN],
      };
    case 'malformed':
      return {
        title: `${FORMATS[failure.format]} is damaged, or is something else`,
        detail: [sentence(failure.reason)],
        facts: [
          ...given('At', failure.pointer === undefined ? '' : failure.pointer || '/'),
          ...given('At byte', failure.offset === undefined ? '' : wholeNumber(failure.offset)),
        ],
        advice: [
          ['json', 'oci-layout', 'challenge', 'token', 'tags'].includes(failure.format)
            ? 'Check that the address is that of a registry or an image layout, and not of a web page.'
            : PULL_AGAIN,
        ],
      };
    case 'not-an-image':
      return notAnImageWords(failure);
    case 'unsupported':
      return unsupportedWords(failure);
    case 'too-large':
      return {
        title: 'This is larger than can be right',
        detail: [`A limit on ${failure.what} protects your browser from images that are made to exhaust it.`],
        facts: [
          ['Limit', wholeNumber(failure.limit)],
          ...given('Came', failure.actual === undefined ? '' : wholeNumber(failure.actual)),
        ],
        advice: ['If the image is honest, please report it with its reference.'],
      };
    case 'foreign-layer':
      return {
        title: 'A layer lives elsewhere, and could not be had from there',
        detail: [
          'The image says that this layer is not in the registry but at other addresses. None of them let the browser read it.',
        ],
        facts: [['Layer', failure.digest], ...failure.urls.map((url) => ['Address', url] as const)],
        advice: ['Such layers (of Windows, mostly) must be fetched with a tool outside the browser.'],
      };
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

function unauthorizedWords(failure: Of<'unauthorized'>): FailureWords {
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

function notFoundWords(failure: Of<'not-found'>): FailureWords {
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

/** Where a file deserves other words than a registry; null where it does not. */
function localWords(failure: Failure): FailureWords | null {
  switch (failure.code) {
    case 'digest-mismatch': {
      const words = wordsOf(failure);
      if (failure.subject === 'diff-id') return { ...words, advice: ['Do not use this copy.', SAVE_AGAIN] };
      return {
        ...words,
        detail: [
          'The bytes in the file do not have the digest by which the file names them. They were damaged, or somebody changed them.',
          'Nothing of it is shown.',
        ],
        advice: ['Do not use this copy.', SAVE_AGAIN],
      };
    }
    case 'size-mismatch':
      return { ...wordsOf(failure), advice: ['Do not use this copy.', SAVE_AGAIN] };
    case 'malformed': {
      const words = wordsOf(failure);
      const title = failure.format === 'tar' ? 'A tar is damaged, or cut off' : words.title;
      return { ...words, title, advice: [SAVE_AGAIN] };
    }
    case 'not-found': {
      const words = wordsOf(failure);
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
    }
    case 'quota':
      return {
        ...wordsOf(failure),
        detail: [
          'The file is compressed as a whole, and has to be unpacked into the browser’s storage first. There is no room for it.',
        ],
        advice: [
          'Unpack it yourself (gzip -d, zstd -d) and open what comes out: that is read where it lies.',
          'Or free disk space, or clear the data that the browser keeps for this page.',
        ],
      };
    default:
      return null;
  }
}

const EXPECTED =
  'An image is a tarball as docker save, podman save, buildah or skopeo write it, an OCI image layout (a folder or a tar of it), or the tar of a root filesystem; any of them may be compressed with gzip or zstd.';

function notAnImageWords({ looksLike }: Of<'not-an-image'>): FailureWords {
  const [title, advice] = NOT_AN_IMAGE.get(looksLike) ?? [
    'This file is no image',
    'Save the image to a file again, and open that one.',
  ];
  return { title, detail: [EXPECTED], facts: [], advice: [advice] };
}

const UNSUPPORTED_ADVICE: Readonly<Partial<Record<Of<'unsupported'>['what'], readonly string[]>>> = {
  compression: [
    'A copy with other compression can be read: skopeo copy --dest-compress-format gzip --dest-force-compress-format.',
  ],
  encryption: [
    'Decrypt a copy with a tool that has the key (skopeo copy --decryption-key), then open that one.',
  ],
  artifact: ['If it belongs to an image, open that one.'],
};

function unsupportedWords(failure: Of<'unsupported'>): FailureWords {
  const [title, detail] = {
    compression: [
      'A layer is compressed in a way that is not read here',
      'Uncompressed, gzip and zstd layers are read.',
    ],
    encryption: [
      'A layer is encrypted',
      'It can be opened only with its key, which this page neither has nor asks for.',
    ],
    schema1: [
      'This is an image of the first kind (schema 1)',
      'Docker replaced that format in 2016, and registries and engines have dropped it. Pull it with an old engine and push it again to convert it.',
    ],
    artifact: [
      'This is an artifact, but no container image',
      'Registries also hold signatures, charts, SBOMs and other things. They have no filesystem to walk.',
    ],
    'media-type': [
      'This is a kind of content that is not read here',
      'It claims a media type that no image has.',
    ],
    'digest-algorithm': [
      'The digest is of an unknown kind',
      'Digests by sha256, sha384 and sha512 can be checked.',
    ],
    feature: ['The image uses something that is not read here', ''],
  }[failure.what] as [string, string];
  return {
    title,
    detail: detail === '' ? [] : [detail],
    facts: [['Found', failure.name]],
    advice: UNSUPPORTED_ADVICE[failure.what] ?? [],
  };
}

function given(name: string, value: string): [name: string, value: string][] {
  return value === '' ? [] : [[name, value]];
}

/** The registry's own words. */
function said(errors: readonly RegistryError[]): [name: string, value: string][] {
  return errors.map(({ code, message }) => ['The registry says', [code, message].filter(Boolean).join(': ')]);
}

function bytesText(bytes: number): string {
  return bytes < 1000 ? exactBytes(bytes) : `${exactBytes(bytes)} (${humanBytes(bytes)})`;
}

/** The reasons of parsers begin in lower case and have no full stop. */
function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
