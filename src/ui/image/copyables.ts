/** What of an image is worth copying: its names, and what other tools are told for the same thing. */
import { unreachable } from '../../base/assert.ts';
import type { Digest } from '../../formats/digest.ts';
import { commandsFor, referenceText, type Kept, type ShellCommand } from '../../image/commands.ts';
import { printReference } from '../../formats/reference.ts';
import type { Image } from '../../image/image.ts';
import type { Origin } from '../../sources/origin.ts';

export interface Copyable {
  readonly what: string;
  readonly text: string;
}

const DOES: Readonly<Record<ShellCommand['does'], string>> = {
  manifest: 'manifest',
  'list-files': 'list of files',
  inspect: 'inspect',
  save: 'to a file',
  pull: 'pull',
};

/** `kept`: how a local image is. */
export function copyables(origin: Origin, { manifest, platform }: Image, kept?: Kept): readonly Copyable[] {
  const { digest } = manifest.descriptor;
  return [
    ...namesOf(origin, digest),
    { what: 'digest', text: digest },
    ...commandsFor(origin, { digest, platform, ...(kept !== undefined && { kept }) }).map(
      ({ tool, does, text }) => ({
        what: `${tool}: ${DOES[does]}`,
        text,
      }),
    ),
  ];
}

function namesOf(origin: Origin, digest: Digest): readonly Copyable[] {
  switch (origin.kind) {
    case 'registry':
      return [
        { what: 'reference', text: printReference(origin) },
        { what: 'pinned reference', text: referenceText(origin, digest) },
      ];
    case 'layout':
      return [
        { what: 'layout', text: origin.url },
        { what: 'manifest address', text: referenceText(origin, digest) },
      ];
    case 'local':
      return origin.name === undefined ? [] : [{ what: 'image', text: origin.name }];
    default:
      return unreachable(origin);
  }
}
