/** The yardstick: what a person would type to get the same facts about a layer. */
import { run } from '../fixtures/process.ts';

/** Layers one after the other, each: fetched, hashed, unpacked, hashed, listed. */
const PIPELINE = `
set -euo pipefail
for url in "$@"; do
  curl -sf "$url" | tee >(sha256sum > /dev/null) | gzip -dc | tee >(sha256sum > /dev/null) | tar tv > /dev/null
done
wait
`;

/** Milliseconds for all layers. */
export async function timeNative(urls: readonly string[]): Promise<number> {
  const start = performance.now();
  await run('bash', ['-c', PIPELINE, 'native', ...urls]);
  return performance.now() - start;
}

/** MB/s of a single program reading a file, by the bytes that it takes in. */
export async function rateOf(script: string, file: string, bytes: number): Promise<number> {
  const start = performance.now();
  await run('bash', ['-c', script, 'rate', file]);
  return bytes / 1e3 / (performance.now() - start);
}

/** What one would do with a tarball of plain layers: list each, and hash each. Milliseconds, for layers as files. */
export async function timeLocalPlain(layers: readonly string[]): Promise<number> {
  const script = `set -euo pipefail
for layer in "$@"; do tar tvf "$layer" > /dev/null; sha256sum "$layer" > /dev/null; done`;
  const start = performance.now();
  await run('bash', ['-c', script, 'native', ...layers]);
  return performance.now() - start;
}

/** The pipeline for blobs that are files already. */
export async function timeLocal(blobs: readonly string[]): Promise<number> {
  const start = performance.now();
  await run('bash', ['-c', PIPELINE.replace('curl -sf', 'cat'), 'native', ...blobs]);
  return performance.now() - start;
}
