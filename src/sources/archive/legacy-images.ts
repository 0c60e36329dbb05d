/**
 * What `docker save` wrote before Docker 1.10, and still writes beside manifest.json (image-spec v1 of Docker): for each
 * layer a folder with `json` and `layer.tar`, tied by `parent`; `repositories` names the topmost. No digest is claimed of
 * anything, so the layers are hashed and manifest and config made.
 */
import { listAt } from '../../base/list-at.ts';
import { fail } from '../../base/problem.ts';
import { CONFIG_LIMIT } from '../../formats/config.ts';
import type { Descriptor } from '../../formats/descriptor.ts';
import { Json, parseJson } from '../../formats/json.ts';
import { MAX_LAYERS } from '../../formats/manifest.ts';
import { DOCKER_CONFIG, DOCKER_LAYER, DOCKER_LAYER_GZIP, DOCKER_MANIFEST } from '../../formats/media-type.ts';
import { readFile, type ArchiveFiles, type ContentPlace } from './archive-files.ts';
import type { ArchiveOptions } from './archive-options.ts';
import type { Archive } from './archive.ts';
import { compressionOf } from './docker-images.ts';
import { hashBlob } from '../hash-blob.ts';
import { checkCount, nameImages, type FoundImage } from './image-names.ts';
import { jsonBytes, MadeBlobs } from './made-blobs.ts';

/** Bytes. One line for each image. */
const REPOSITORIES_LIMIT = 4 * 1024 * 1024;

const LAYER_JSON = /^([0-9a-f]{64})\/json$/;

export function isLegacy(files: ArchiveFiles): boolean {
  for (const path of files.paths) if (LAYER_JSON.test(path)) return true;
  return false;
}

/** Fails with `not-found` for a layer that another one names and that is not there, `malformed`, `too-large`. */
export async function readLegacyImages(files: ArchiveFiles, options: ArchiveOptions): Promise<Archive> {
  const reader = new LegacyReader(files, options);
  const found: FoundImage[] = [];
  const tops = await reader.tops();
  checkCount(tops.size);
  for (const [id, names] of tops) found.push({ root: await reader.image(id), names });
  return {
    form: 'docker-archive',
    made: 'manifest-and-config',
    images: nameImages(found),
    blobs: reader.made.blobs,
    remarks: files.remarks,
  };
}

interface HashedLayer {
  readonly descriptor: Descriptor;
  readonly isPlain: boolean;
}

class LegacyReader {
  readonly #files: ArchiveFiles;
  readonly #options: ArchiveOptions;
  readonly made = new MadeBlobs();
  /** By place. */
  readonly #documents = new Map<ContentPlace, Json>();
  readonly #rows = new Map<Json, { readonly row: object; readonly length: number }>();
  /** By place. */
  readonly #layers = new Map<ContentPlace, HashedLayer>();

  constructor(files: ArchiveFiles, options: ArchiveOptions) {
    this.#files = files;
    this.#options = options;
  }

  /** The topmost layer of each image, and its tags: as `repositories` has them, else those that are nobody's parent. */
  async tops(): Promise<ReadonlyMap<string, readonly string[]>> {
    const tops = new Map<string, string[]>();
    if (this.#files.find('repositories') !== null) {
      const json = parseJson(
        await readFile(this.#files, 'repositories', REPOSITORIES_LIMIT),
        'json',
        REPOSITORIES_LIMIT,
      );
      for (const [repository, tags] of json.entries()) {
        for (const [tag, id] of tags.entries()) {
          listAt(tops, id.string()).push(`${repository}:${tag}`);
        }
      }
      if (tops.size > 0) return tops;
    }
    const parents = new Set<string | null>();
    const ids = Array.from(this.#files.paths).flatMap((path) => LAYER_JSON.exec(path)?.[1] ?? []);
    for (const id of ids) parents.add(parentOf(await this.#document(id)));
    for (const id of ids) if (!parents.has(id)) tops.set(id, []);
    if (tops.size > 0) return tops;
    return fail({ code: 'malformed', format: 'json', reason: 'layers that are each other’s parents' });
  }

  /** The descriptor of the manifest that was made. */
  async image(top: string): Promise<Descriptor> {
    const ids: string[] = [];
    for (let id: string | null = top; id !== null; id = parentOf(await this.#document(id))) {
      if (ids.push(id) > MAX_LAYERS) fail({ code: 'too-large', what: 'layers', limit: MAX_LAYERS });
    }
    ids.reverse();
    const layers: HashedLayer[] = [];
    for (const id of ids) layers.push(await this.#layer(id));
    const history = await this.#history(ids);
    const json = await this.#document(top);
    const { value } = json;
    const { id: _, parent: __, layer_id: ___, ...members } = value as Record<string, unknown>;
    // What a compressed layer unpacks to was not looked at: no diff IDs then.
    const rootfs = layers.every(({ isPlain }) => isPlain)
      ? { type: 'layers', diff_ids: layers.map(({ descriptor }) => descriptor.digest) }
      : undefined;
    const config = await this.made.document(DOCKER_CONFIG, jsonBytes({ ...members, rootfs, history }));
    return this.made.manifest(
      DOCKER_MANIFEST,
      config,
      layers.map(({ descriptor }) => descriptor),
    );
  }

  /** Fails with `too-large` where the rows alone are longer than a config may be: parents are shared, and each image repeats them. */
  async #history(ids: readonly string[]): Promise<object[]> {
    const rows: object[] = [];
    let length = 0;
    for (const id of ids) {
      const json = await this.#document(id);
      let known = this.#rows.get(json);
      if (known === undefined) {
        const row = historyRow(json);
        known = { row, length: JSON.stringify(row).length };
        this.#rows.set(json, known);
      }
      length += known.length;
      if (length > CONFIG_LIMIT) fail({ code: 'too-large', what: 'config', limit: CONFIG_LIMIT });
      rows.push(known.row);
    }
    return rows;
  }

  async #document(id: string): Promise<Json> {
    const path = `${id}/json`;
    const place = this.#files.find(path)?.place ?? path;
    const known = this.#documents.get(place);
    if (known !== undefined) return known;
    const json = parseJson(await readFile(this.#files, path, CONFIG_LIMIT), 'config', CONFIG_LIMIT);
    // An object, or it fails here.
    json.get('id');
    this.#documents.set(place, json);
    return json;
  }

  async #layer(id: string): Promise<HashedLayer> {
    const path = `${id}/layer.tar`;
    const file = this.#files.find(path);
    const blob = file?.blob ?? fail({ code: 'not-found', what: 'blob', name: path });
    const place = file?.place ?? path;
    const known = this.#layers.get(place);
    if (known !== undefined) return known;
    const { signal, onProgress } = this.#options;
    const digest = await hashBlob(blob, 'sha256', {
      signal,
      onProgress: (done) => onProgress({ step: 'hashing', done, total: blob.size }),
    });
    const isPlain = (await compressionOf(blob)) === 'none';
    const mediaType = isPlain ? DOCKER_LAYER : DOCKER_LAYER_GZIP;
    const layer = { descriptor: this.made.claim(mediaType, digest, blob.size, blob), isPlain };
    this.#layers.set(place, layer);
    return layer;
  }
}

function parentOf(json: Json): string | null {
  return json.get('parent').optional((it) => it.string()) || null;
}

/** As Docker made them when it went over to the new form (moby, image/v1: `HistoryFromConfig`). */
function historyRow(json: Json): object {
  const command = json
    .get('container_config')
    .optional((it) => it.get('Cmd').optional((cmd) => cmd.strings()));
  const text = (key: string) => json.get(key).optional((it) => it.string());
  return {
    created: text('created'),
    created_by: command?.join(' '),
    author: text('author'),
    comment: text('comment'),
  };
}
