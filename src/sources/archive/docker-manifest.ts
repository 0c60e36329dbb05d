/**
 * `manifest.json` of what `docker save` writes (moby, image/tarexport: `manifestItem`): a list of images, each with the
 * paths of its config and its layers, the lowest first, and its tags.
 */
import { parseJson, type Json } from '../../formats/json.ts';

/** Bytes: Docker's own is some kilobytes for each image; LayerSources of 127 layers make 40 KiB. */
export const DOCKER_MANIFEST_LIMIT = 16 * 1024 * 1024;

export interface DockerItem {
  readonly config: string;
  readonly layers: readonly string[];
  readonly tags: readonly string[];
}

/** Fails with `malformed` or `too-large`. */
export function parseDockerManifest(bytes: Uint8Array): readonly DockerItem[] {
  const json = parseJson(bytes, 'manifest', DOCKER_MANIFEST_LIMIT);
  const items = json.array().map(readItem);
  return items.length > 0 ? items : json.fail('names no image');
}

function readItem(json: Json): DockerItem {
  return {
    config: json.get('Config').string(),
    layers: json.get('Layers').optional((it) => it.strings()) ?? [],
    tags: json.get('RepoTags').optional((it) => it.strings()) ?? [],
  };
}
