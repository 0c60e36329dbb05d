/** What of an image is worth copying: its names, and the commands of the usual tools for the same thing. */
import type { Image } from '../../image/image.ts';
import type { Origin } from '../../sources/origin.ts';
import { toolReference } from '../open/browser-access.ts';

export interface Copyable {
  readonly what: string;
  readonly text: string;
}

export function copyables(origin: Origin, image: Image): readonly Copyable[] {
  const digest = image.manifest.descriptor.digest;
  if (origin.kind === 'layout') {
    return [
      { what: 'address', text: origin.url },
      { what: 'digest', text: digest },
    ];
  }
  const { registry, repository } = origin;
  const pinned = toolReference({ kind: 'registry', registry, repository, digest });
  return [
    { what: 'reference', text: toolReference(origin) },
    { what: 'pinned reference', text: pinned },
    { what: 'digest', text: digest },
    { what: 'crane manifest', text: `crane manifest ${pinned}` },
    { what: 'crane config', text: `crane config ${pinned}` },
    { what: 'crane export', text: `crane export ${pinned} - | tar -tv` },
    { what: 'skopeo inspect', text: `skopeo inspect docker://${pinned}` },
    { what: 'skopeo copy', text: `skopeo copy docker://${pinned} docker-archive:image.tar` },
    { what: 'docker pull', text: `docker pull ${pinned}` },
  ];
}
