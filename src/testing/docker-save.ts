/** What `docker save` writes, of every age, as the entries of a tar: for tests to change and to write. */
import { gzipSync } from 'node:zlib';
import { utf8, type Bytes } from '../base/bytes.ts';
import { digestOfBytes } from './image-of.ts';
import type { TestEntry } from './tar-of.ts';

export interface SavedImage {
  /** Plain tars, the lowest first. */
  readonly layers: readonly Bytes[];
  readonly tags?: readonly string[];
  /** Layers are written compressed, under the same names. */
  readonly isCompressed?: boolean;
}

const hex = (bytes: Uint8Array) => digestOfBytes(bytes).slice('sha256:'.length);
const json = (value: unknown) => utf8(JSON.stringify(value));

/** manifest.json, `<hex>.json`, and a folder with `layer.tar` for each layer, as Docker 1.10 to 24 wrote it. */
export function dockerSave(images: readonly SavedImage[]): TestEntry[] {
  const entries = new Map<string, TestEntry>();
  const put = (name: string, content: Bytes) => entries.set(name, { name, content });
  const items = images.map(({ layers, tags = null, isCompressed = false }) => {
    const config = json({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOfBytes(layer)) },
    });
    put(`${hex(config)}.json`, config);
    const paths = layers.map((layer) => {
      const path = `${hex(utf8(hex(layer)))}/layer.tar`;
      put(path, isCompressed ? new Uint8Array(gzipSync(layer)) : layer);
      return path;
    });
    return { Config: `${hex(config)}.json`, RepoTags: tags, Layers: paths };
  });
  put('manifest.json', json(items));
  return [...entries.values()];
}

/** `<id>/json` and `<id>/layer.tar`, and `repositories`: before Docker 1.10. */
export function legacySave(layers: readonly Bytes[], repositories: object | null): TestEntry[] {
  const ids = layers.map((_, i) => hex(utf8(`layer ${i}`)));
  const entries = layers.flatMap((layer, i): TestEntry[] => [
    { name: `${ids[i]!}/`, type: 'dir' },
    { name: `${ids[i]!}/VERSION`, content: '1.0' },
    {
      name: `${ids[i]!}/json`,
      content: json({
        id: ids[i],
        parent: ids[i - 1],
        os: 'linux',
        architecture: 'amd64',
        container_config: { Cmd: ['/bin/sh', '-c', `step ${i}`] },
      }),
    },
    { name: `${ids[i]!}/layer.tar`, content: layer },
  ]);
  const top = ids.at(-1)!;
  if (repositories !== null) {
    const text = JSON.stringify(repositories).replaceAll('TOP', top);
    entries.push({ name: 'repositories', content: text });
  }
  return entries;
}
