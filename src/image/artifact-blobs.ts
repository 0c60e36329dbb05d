/** The blobs of an artifact, and what each is called where they lie side by side. */
import { utf8 } from '../base/bytes.ts';
import { CONFIG_LIMIT } from '../formats/config.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { hexOf } from '../formats/digest.ts';
import { essence, OCI_EMPTY } from '../formats/media-type.ts';
import type { TarEntry } from '../formats/tar/entry.ts';
import { mayBeTar } from './artifact.ts';
import { isNotFound, type Documents } from './documents.ts';
import type { Artifact, ArtifactBlob, Document, ManifestDocument, Offer } from './image.ts';
import type { LayerIndex } from './layer-index.ts';
import { LayerIndexBuilder } from './layer-index-builder.ts';

/** Where tools say what a blob is to be called (image-spec v1.1, annotations.md; ModelPack's model-spec, annotations.md). */
const TITLES = ['org.opencontainers.image.title', 'org.cncf.model.filepath'];

/** Endings by which a reader of the bytes is helped on; beginnings and ends of media types. The first that fits. */
const ENDINGS: readonly (readonly [type: RegExp, ending: string])[] = [
  [/[+/]json$|vnd\.in-toto|dsse\.envelope|simplesigning/, '.json'],
  [/[+/.]ya?ml$/, '.yaml'],
  [/wasm/, '.wasm'],
  [/[+/]xml$/, '.xml'],
  [/gguf/, '.gguf'],
  [/^text\/markdown/, '.md'],
  [/^text\//, '.txt'],
  [/rego/, '.rego'],
];

/** Its config is left out where it is not there; other failures are the source's. */
export async function readArtifact(
  documents: Documents,
  manifest: ManifestDocument,
  name: string,
  offer: Offer,
): Promise<Artifact> {
  const { config, layers } = manifest.content;
  return { ...offer, name, manifest, config: await readConfig(documents, config), blobs: nameBlobs(layers) };
}

async function readConfig(documents: Documents, config: Descriptor): Promise<Document | null> {
  // Two bytes, the same ones everywhere.
  if (essence(config.mediaType) === OCI_EMPTY || config.size > CONFIG_LIMIT) return null;
  try {
    return await documents.plain(config);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Each with a path of its own, relative, without `.` and `..`. */
export function nameBlobs(layers: readonly Descriptor[]): readonly ArtifactBlob[] {
  const taken = new Set<string>();
  return layers.map((descriptor): ArtifactBlob => {
    const { mediaType, annotations } = descriptor;
    const title = TITLES.map((key) => annotations?.get(key)).find(Boolean) ?? null;
    const wanted = cleanPath(title ?? '') || madeName(descriptor);
    let path = wanted;
    for (let i = 2; taken.has(path); i++) path = numbered(wanted, i);
    taken.add(path);
    return { descriptor, title, path, mayBeTar: mayBeTar(mediaType) };
  });
}

function madeName({ digest, mediaType }: Descriptor): string {
  const type = essence(mediaType);
  return hexOf(digest).slice(0, 12) + (ENDINGS.find(([pattern]) => pattern.test(type))?.[1] ?? '');
}

function cleanPath(title: string): string {
  return title
    .slice(0, 4096)
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
    .join('/');
}

function numbered(path: string, number: number): string {
  const dot = path.lastIndexOf('.');
  return dot <= path.lastIndexOf('/') + 1
    ? `${path} (${number})`
    : `${path.slice(0, dot)} (${number})${path.slice(dot)}`;
}

/** A blob as the one file that it is: as if a tar held it that has no headers. */
export function blobIndex({ descriptor, path }: ArtifactBlob): LayerIndex {
  const builder = new LayerIndexBuilder();
  // What merges layers would read a whiteout out of it.
  const name = utf8(path.replaceAll(/(^|\/)\.wh\./g, '$1_wh.'));
  const entry: TarEntry = {
    type: '0',
    name,
    linkname: new Uint8Array(0),
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    size: descriptor.size,
    mtime: 0,
    mtimeNanos: 0,
    devmajor: 0,
    devminor: 0,
    headerOffset: 0,
    dataOffset: 0,
    dataSize: descriptor.size,
    sparse: null,
    records: new Map(),
  };
  builder.add(entry);
  return builder.finish({ compression: 'none', unpackedSize: descriptor.size });
}
