/** What is wrong with the bytes that came, in words: not what they claim to be, damaged, or of no kind that is read here. */
import { wholeNumber } from '../shared/quantity.ts';
import { bytesText, given, PULL_AGAIN, sentence, type FailureWords, type Of } from './failure-phrases.ts';
import { FORMATS, NOT_AN_IMAGE, SUBJECTS } from './failure-terms.ts';

export function digestMismatchWords(failure: Of<'digest-mismatch'>): FailureWords {
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
}

export function sizeMismatchWords(failure: Of<'size-mismatch'>): FailureWords {
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
}

export function malformedWords(failure: Of<'malformed'>): FailureWords {
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
}

const EXPECTED =
  'An image is a tarball as docker save, podman save, buildah or skopeo write it, an OCI image layout (a folder or a tar of it), or the tar of a root filesystem; any of them may be compressed with gzip or zstd.';

export function notAnImageWords({ looksLike }: Of<'not-an-image'>): FailureWords {
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

export function unsupportedWords(failure: Of<'unsupported'>): FailureWords {
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

export function tooLargeWords(failure: Of<'too-large'>): FailureWords {
  return {
    title: 'This is larger than can be right',
    detail: [`A limit on ${failure.what} protects your browser from images that are made to exhaust it.`],
    facts: [
      ['Limit', wholeNumber(failure.limit)],
      ...given('Came', failure.actual === undefined ? '' : wholeNumber(failure.actual)),
    ],
    advice: ['If the image is honest, please report it with its reference.'],
  };
}

export function foreignLayerWords(failure: Of<'foreign-layer'>): FailureWords {
  return {
    title: 'A layer lives elsewhere, and could not be had from there',
    detail: [
      'The image says that this layer is not in the registry but at other addresses. None of them let the browser read it.',
    ],
    facts: [['Layer', failure.digest], ...failure.urls.map((url) => ['Address', url] as const)],
    advice: ['Such layers (of Windows, mostly) must be fetched with a tool outside the browser.'],
  };
}
