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
