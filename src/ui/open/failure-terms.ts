/** What the members of a failure are called, one by one; `failure-words.ts` and `content-words.ts` make sentences of them. */
import type { Format, ReferenceFault, Subject } from '../../base/problem.ts';

export const REFERENCE_FAULTS: Readonly<Record<ReferenceFault, string>> = {
  empty: 'Nothing was given.',
  scheme: 'A reference has no scheme in front: leave out “https://” or “docker://”.',
  uppercase: 'A repository name is in lower case.',
  'bad-domain': 'The name of the registry cannot be a host name.',
  'bad-port': 'A port is a number after the colon.',
  'bad-path':
    'A repository name consists of lower-case letters and digits, parted by one “.”, one or two “_”, or dashes; slashes part its components.',
  'bad-tag': 'A tag consists of letters, digits, “_”, “.” and “-”, and does not begin with “.” or “-”.',
  'bad-digest': 'What follows the “@” is not a digest, such as sha256: and 64 hexadecimal digits.',
  'unknown-algorithm': 'Digests are by sha256, sha384 or sha512.',
  'digest-length': 'The digest does not have the length of its algorithm.',
  'name-too-long': 'The name is longer than 255 characters.',
  'tag-too-long': 'The tag is longer than 128 characters.',
  'hex-only': 'A name of 64 hexadecimal digits would be an image ID, which no registry knows.',
  trailing: 'Nothing may follow here.',
};

/** The reasons that `session` and `formats` give for `bad-address`; others are shown as they are. */
export const ADDRESS_REASONS: ReadonlyMap<string, string> = new Map([
  ['not-a-url', 'It is not a URL.'],
  ['not-http', 'An image layout is read over http or https.'],
  ['has-credentials', 'A link must not carry a name or a password.'],
  ['has-query', 'The URL of an image layout is that of a folder: it has no “?”.'],
]);

export const SUBJECTS: Readonly<Record<Subject, string>> = {
  index: 'index',
  manifest: 'manifest',
  config: 'config',
  layer: 'layer',
  'diff-id': 'content of a layer',
  blob: 'blob',
};

export const FORMATS: Readonly<Record<Format, string>> = {
  reference: 'The reference',
  digest: 'A digest',
  json: 'The answer',
  index: 'The index',
  manifest: 'The manifest',
  config: 'The config',
  descriptor: 'A descriptor',
  'oci-layout': 'The image layout',
  challenge: 'The registry’s request to sign in',
  token: 'The answer of the token service',
  tags: 'The list of tags',
  gzip: 'The gzip stream of a layer',
  zstd: 'The zstd stream of a layer',
  tar: 'The tar of a layer',
  x509: 'The certificate',
  file: 'The file',
  document: 'The document',
};

type Look = readonly [title: string, advice: string];

const THE_TARBALL = 'Choose the tarball of the image instead.';
const A_PICTURE: Look = ['This is a picture, and no container image', THE_TARBALL];
const TAR_AGAIN = 'Save the image to a file again, and open that one.';

/** By what a file looks like: that it is no image, and what to do. */
export const NOT_AN_IMAGE: ReadonlyMap<string, Look> = new Map<string, Look>([
  ['jpeg', A_PICTURE],
  ['png', A_PICTURE],
  ['gif', A_PICTURE],
  ['webp', A_PICTURE],
  ['zip', ['This is a zip archive, and no image', 'If there is an image in it, unpack it and open that.']],
  ['7z', ['This is a 7-Zip archive, and no image', 'If there is an image in it, unpack it and open that.']],
  ['rar', ['This is a RAR archive, and no image', 'If there is an image in it, unpack it and open that.']],
  [
    'xz',
    ['This is compressed with xz, which is not read here', 'Unpack it with xz -d, and open what comes out.'],
  ],
  [
    'bzip2',
    [
      'This is compressed with bzip2, which is not read here',
      'Unpack it with bzip2 -d, and open what comes out.',
    ],
  ],
  ['pdf', ['This is a PDF document, and no container image', THE_TARBALL]],
  ['iso', ['This is an ISO image of a disc, and no container image', THE_TARBALL]],
  ['disk', ['This is the image of a whole disk, and no container image', THE_TARBALL]],
  ['qcow2', ['This is the disk of a virtual machine, and no container image', THE_TARBALL]],
  ['vmdk', ['This is the disk of a virtual machine, and no container image', THE_TARBALL]],
  ['vhdx', ['This is the disk of a virtual machine, and no container image', THE_TARBALL]],
  [
    'squashfs',
    [
      'This is a SquashFS filesystem, which is not read here',
      'Unpack it with unsquashfs, and open a tar of what comes out.',
    ],
  ],
  [
    'sif',
    [
      'This is an image of Singularity or Apptainer, which is not read here',
      'Open the image that it was made from.',
    ],
  ],
  ['deb', ['This is a Debian package, and no container image', THE_TARBALL]],
  ['rpm', ['This is an RPM package, and no container image', THE_TARBALL]],
  [
    'cpio',
    ['This is a cpio archive, which is not read here', 'Unpack it, and open a tar of what comes out.'],
  ],
  ['elf', ['This is a program, and no container image', THE_TARBALL]],
  [
    'json',
    ['This is one JSON document, and no whole image', 'Open the folder or the tarball that it belongs to.'],
  ],
  ['text', ['This is plain text, and no container image', THE_TARBALL]],
  ['html', ['This is a web page, and no container image', THE_TARBALL]],
  ['empty', ['The file is empty', `Was it copied or saved to its end? ${TAR_AGAIN}`]],
  ['empty-tar', ['The tarball has nothing in it', TAR_AGAIN]],
  [
    'empty-folder',
    ['The folder is empty', 'Open the folder that has the files oci-layout and index.json in it.'],
  ],
  [
    'folder',
    [
      'This folder is no image layout',
      'Open the folder that has the files oci-layout and index.json in it, or the tarball itself.',
    ],
  ],
]);
