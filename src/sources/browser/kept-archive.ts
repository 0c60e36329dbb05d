/** A local file that is gone, as far as its images were kept in this browser: it opens like the file itself. */
import type { Archive, ArchiveForm, ArchiveImage } from '../archive/archive.ts';
import type { Digest } from '../../formats/digest.ts';
import { gather } from './kept-content.ts';
import type { KeptImage, Store } from './store.ts';

/** What of an archive its blobs do not tell. */
export interface ArchiveFacts {
  readonly form: ArchiveForm;
  readonly made: Archive['made'];
}

const factsKey = (file: string) => `archive:${file}`;

/** To be kept beside the content; it goes with it. */
export function keepFacts(store: Store, file: string, of: readonly Digest[], { form, made }: ArchiveFacts) {
  return store.keepDerived(factsKey(file), of, { form, made });
}

/** Null where no image of it is here whole. */
export async function keptArchive(store: Store, file: string): Promise<Archive | null> {
  const blobs = new Map<Digest, Blob>();
  const images: ArchiveImage[] = [];
  for (const image of await store.images()) {
    if (image.origin.kind !== 'local' || image.origin.file !== file) continue;
    const content = await gather(store, image);
    if (content === null) continue;
    for (const [digest, blob] of content) blobs.set(digest, blob);
    const { root } = image;
    // The same image for two platforms is in the list twice.
    if (images.some((other) => other.root.digest === root.digest)) continue;
    images.push({ ...namesOf(image), root });
  }
  if (images.length === 0) return null;
  const facts = await readFacts(store, file);
  return { ...facts, images, blobs, remarks: [], isKept: true };
}

function namesOf({ origin, root }: KeptImage): { name: string; names: readonly string[] } {
  const name = origin.kind === 'local' ? origin.name : undefined;
  return name === undefined ? { name: root.digest, names: [] } : { name, names: [name] };
}

/** What is read back came from here, but maybe from another version of it. */
async function readFacts(store: Store, file: string): Promise<ArchiveFacts> {
  const facts = ((await store.derived(factsKey(file))) ?? {}) as Partial<ArchiveFacts>;
  const { form = 'oci-layout', made = 'nothing' } = facts;
  return { form, made };
}
