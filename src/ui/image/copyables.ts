/** What of an image is worth copying: its names, and what other tools are told for the same thing. */
import { commandsFor, referenceText, type ShellCommand } from '../../image/commands.ts';
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

export function copyables(origin: Origin, { manifest, platform }: Image): readonly Copyable[] {
  const { digest } = manifest.descriptor;
  return [
    { what: origin.kind === 'layout' ? 'layout' : 'reference', text: nameOf(origin) },
    {
      what: origin.kind === 'layout' ? 'manifest address' : 'pinned reference',
      text: referenceText(origin, digest),
    },
    { what: 'digest', text: digest },
    ...commandsFor(origin, { digest, platform }).map(({ tool, does, text }) => ({
      what: `${tool}: ${DOES[does]}`,
      text,
    })),
  ];
}

function nameOf(origin: Origin): string {
  return origin.kind === 'layout' ? origin.url : printReference(origin);
}
