/** A tar that is no image: what `docker export` writes, or one layer. It is shown as an image of that layer. */
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../../formats/media-type.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive } from './archive.ts';
import { hashBlob } from '../hash-blob.ts';
import { jsonBytes, MadeBlobs } from './made-blobs.ts';
import type { TarFiles } from './tar-files.ts';

/** Reads all of it, for its digest. Of a tar that ends in the middle, what stands before its last entry. */
export async function readRootFilesystem(
  files: TarFiles,
  { signal, onProgress }: ArchiveOptions,
): Promise<Archive> {
  const tar = files.whole;
  const digest = await hashBlob(tar, 'sha256', {
    signal,
    onProgress: (done) => onProgress({ step: 'hashing', done, total: tar.size }),
  });
  const made = new MadeBlobs();
  const layer = made.claim(OCI_LAYER, digest, tar.size, tar);
  const config = await made.document(
    OCI_CONFIG,
    jsonBytes({ rootfs: { type: 'layers', diff_ids: [digest] } }),
  );
  const root = await made.manifest(OCI_MANIFEST, config, [layer]);
  return {
    form: 'root-filesystem',
    made: 'manifest-and-config',
    images: [{ name: root.digest, names: [], root }],
    blobs: made.blobs,
    // What else was odd about its entries is for the layer to tell: here they are its files.
    remarks: files.remarks.filter(({ kind }) => kind === 'truncated'),
  };
}
