/** Images as the tarball that holds them: an OCI layout (image-spec v1.1, image-layout.md). */
import { utf8, type Bytes } from '../base/bytes.ts';
import type { TestImage } from './image-of.ts';
import { tarOf } from './tar-of.ts';

/** `images` by their name (`org.opencontainers.image.ref.name`); blobs that they share stand in it once. */
export function layoutTarOf(images: Readonly<Record<string, TestImage>>): Bytes {
  const blobs = new Map(Object.values(images).flatMap((image) => [...image.blobs]));
  const manifests = Object.entries(images).map(([name, { root }]) => ({
    ...root,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  return tarOf([
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests }) },
    ...[...blobs].map(([digest, content]) => ({ name: `blobs/${digest.replace(':', '/')}`, content })),
  ]);
}

export function fileOf(name: string, content: Bytes | string): File {
  return new File([typeof content === 'string' ? utf8(content) : content], name);
}
