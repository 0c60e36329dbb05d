/** What a local file or folder is opened as, as text, for tests to compare. */
import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Problem } from '../base/problem.ts';
import type { LayerIndex } from '../image/layer-index.ts';
import { FileTree } from '../image/file-tree.ts';
import { indexLayer } from '../image/index-layer.ts';
import { merge } from '../image/merge/merge.ts';
import { openImage } from '../image/open-image.ts';
import { ArchiveSource } from '../sources/archive/archive-source.ts';
import type { Archive, LocalFiles, Remark } from '../sources/archive/archive.ts';
import { openArchive } from '../sources/archive/open-archive.ts';
import { drawTree } from './draw-tree.ts';
import { digestOfBytes } from './image-of.ts';

const { signal } = new AbortController();

export function fileOf(...parts: BlobPart[]): LocalFiles {
  return { kind: 'file', file: new File(parts, 'dropped') };
}

export function folderOf(files: ReadonlyMap<string, BlobPart>, name = 'dropped'): LocalFiles {
  const entries = Array.from(files, ([path, bytes]) => [path, new File([bytes], basename(path))] as const);
  return { kind: 'folder', name, files: new Map(entries) };
}

/** A file or a folder of the disk, the paths of the folder's files with its name before them, as browsers have it. */
export async function localFiles(path: string): Promise<LocalFiles> {
  const open = async (at: string) => new File([await openAsBlob(at)], basename(at));
  if ((await stat(path)).isFile()) return { kind: 'file', file: await open(path) };
  const files = new Map<string, File>();
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const at = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(`${basename(path)}/${relative(path, at)}`, await open(at));
  }
  return { kind: 'folder', name: basename(path), files };
}

/**
 * The form, what was made, and the remarks; then each image with its names and its merged tree, all of it checked; or the
 * failure, as its facts.
 *
 *     docker-archive, made manifest, truncated 1024
 *     a:1 a:2
 *       etc/ @0
 */
export async function drawArchive(files: LocalFiles): Promise<string> {
  try {
    const archive = await openArchive(files, { signal, onProgress: () => {} });
    const made = archive.made === 'nothing' ? [] : [`made ${archive.made}`];
    const lines = [[archive.form, ...made, ...archive.remarks.map(drawRemark)].join(', ')];
    for (const { name, names } of archive.images) {
      lines.push(names.length > 0 ? names.join(' ') : shorten(name));
      lines.push(
        ...(await drawImage(archive, name))
          .split('\n')
          .filter(Boolean)
          .map((line) => `  ${line}`),
      );
    }
    return lines.join('\n');
  } catch (error) {
    return drawFailure(error);
  }
}

function drawRemark(remark: Remark): string {
  switch (remark.kind) {
    case 'truncated':
      return `truncated ${remark.length}`;
    case 'loose-layers':
      return `loose ${remark.isStack ? 'stack' : 'layers'}`;
    default:
      return `${remark.kind} ${remark.name}`;
  }
}

async function drawImage(archive: Archive, name: string): Promise<string> {
  const source = new ArchiveSource({ kind: 'local', file: 'dropped', name }, archive);
  try {
    const opened = await openImage(source, {}, signal);
    if (opened.kind === 'choose') return `choose of ${opened.choices.length}`;
    if (opened.kind === 'artifact') return `artifact: ${opened.artifact.name}`;
    const indexes: LayerIndex[] = [];
    for (const { descriptor, diffId } of opened.image.layers) {
      await indexLayer(source, descriptor, diffId, {
        signal,
        keep: { blob: 0, unpacked: 0 },
        onProgress: () => {},
        onIndexed: ({ index }) => indexes.push(index),
      });
      const blob = source.blob(descriptor);
      const bytes = new Uint8Array(await blob!.arrayBuffer());
      const unpacked = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
      if (digestOfBytes(bytes) !== descriptor.digest) return `other bytes than ${shorten(descriptor.digest)}`;
      if (diffId !== null && bytes[0] !== 0x28 && digestOfBytes(unpacked) !== diffId) {
        return `unpacks to other bytes than ${shorten(diffId)}`;
      }
    }
    return drawTree(new FileTree(merge(indexes), indexes));
  } catch (error) {
    return drawFailure(error);
  }
}

function drawFailure(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  const { code, ...facts } = error.failure;
  return shorten(`${code} ${Object.values(facts).join(' ')}`);
}

/** Digests, to their first digits. */
function shorten(text: string): string {
  return text.replace(/([0-9a-f]{6})[0-9a-f]{58}/g, '$1…');
}
