/** A whole tar at once, for tests: what the push parser hands out, kept. */
import { concat, type Bytes } from '../base/bytes.ts';
import { Problem, type Failure } from '../base/problem.ts';
import type { TarEntry } from '../formats/tar/entry.ts';
import { TarParser } from '../formats/tar/parser.ts';

export interface TarReading {
  readonly entries: readonly TarEntry[];
  /** The bytes that the tar holds of each entry: a sparse file's extents, back to back. */
  readonly data: readonly Bytes[];
  readonly failure: Failure | null;
}

/** What comes out of a tar in pieces. The pieces are spoiled behind the parser, as a reused buffer is. */
export function readTar(pieces: readonly Uint8Array[]): TarReading {
  const entries: TarEntry[] = [];
  const data: Uint8Array[][] = [];
  const parser = new TarParser(
    (entry) => {
      entries.push(entry);
      data.push([]);
    },
    (bytes) => data.at(-1)!.push(bytes.slice()),
  );
  let failure: Failure | null = null;
  try {
    for (const piece of pieces) {
      const chunk = new Uint8Array(piece);
      parser.push(chunk);
      chunk.fill(0xaa);
    }
    parser.end();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failure = error.failure;
  }
  return { entries, data: data.map(concat), failure };
}
