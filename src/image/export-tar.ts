/** Writes the tar that a plan describes. */
import {
  blockExtents,
  END_OF_TAR,
  heldBytes,
  paddingOf,
  writeHeader,
  type EntryFacts,
} from '../formats/tar/writer.ts';
import type { ExportPart } from './export-plan.ts';
import type { LayerBytes } from './layer-bytes.ts';
import { recordsOf, sparseOf, type LayerIndex } from './layer-index.ts';
import { IMPLIED } from './tree-columns.ts';

/** Takes bytes, and copies them. */
export interface Sink {
  push(bytes: Uint8Array): void;
  /** `flush` before the next `push`. */
  readonly isFull: boolean;
  flush(): Promise<void>;
}

const ZEROS = new Uint8Array(64 * 1024);
const NO_RECORDS: EntryFacts['records'] = new Map();

/** `layers` by their number in the plan. `onData`: bytes of files so far. The layers are not ended. */
export async function writeExport(
  parts: readonly ExportPart[],
  layers: ReadonlyMap<number, LayerBytes>,
  sink: Sink,
  onData: (bytes: number) => void,
): Promise<void> {
  let done = 0;
  const told = {
    push(bytes: Uint8Array) {
      sink.push(bytes);
      onData((done += bytes.length));
    },
    get isFull() {
      return sink.isFull;
    },
    flush: () => sink.flush(),
  };
  for (const { entries, layer } of parts) {
    for (let row = 0; row < entries.count; row++) {
      const facts = factsOf(entries, row);
      sink.push(writeHeader(facts));
      if (sink.isFull) await sink.flush();
      if (layer[row] === IMPLIED) continue;
      const data = layers.get(layer[row]!)!;
      const from = entries.dataOffset[row]!;
      if (facts.sparse === null) {
        await copy(data, from, facts.size, told);
        sink.push(paddingOf(facts.size));
      } else await copySparse(data, from, facts, sparseOf(entries, row)!, told);
    }
  }
  sink.push(END_OF_TAR);
}

function factsOf(entries: LayerIndex, row: number): EntryFacts {
  const text = (start: Uint32Array, length: Uint32Array) =>
    entries.pool.subarray(start[row]!, start[row]! + length[row]!);
  const [uname, gname] = entries.owners[entries.owner[row]!]!;
  const hasRecords = entries.recordsLength[row] !== 0;
  const sparse = hasRecords ? sparseOf(entries, row) : null;
  const size = entries.size[row]!;
  return {
    type: String(entries.type[row]),
    name: text(entries.nameStart, entries.nameLength),
    linkname: text(entries.linkStart, entries.linkLength),
    mode: entries.mode[row]!,
    uid: entries.uid[row]!,
    gid: entries.gid[row]!,
    uname,
    gname,
    size,
    mtime: entries.mtime[row]!,
    mtimeNanos: entries.mtimeNanos[row]!,
    devmajor: entries.devmajor[row]!,
    devminor: entries.devminor[row]!,
    sparse: sparse && blockExtents(sparse, size),
    records: hasRecords ? recordsOf(entries, row) : NO_RECORDS,
  };
}

async function copy(data: LayerBytes, from: number, length: number, sink: Sink): Promise<void> {
  const to = from + length;
  for (let at = from; at < to;) {
    const bytes = await data.read(at, to);
    at += bytes.length;
    sink.push(bytes);
    if (sink.isFull) await sink.flush();
  }
}

/** The extents of the layer within the wider ones of the new tar, and zeros around them. */
async function copySparse(
  data: LayerBytes,
  from: number,
  { sparse }: EntryFacts,
  extents: NonNullable<EntryFacts['sparse']>,
  sink: Sink,
): Promise<void> {
  let held = from;
  let next = 0;
  for (const { offset, length } of sparse!) {
    let at = offset;
    const end = offset + length;
    for (let extent = extents[next]; extent !== undefined && extent.offset < end; extent = extents[++next]) {
      await pushZeros(extent.offset - at, sink);
      await copy(data, held, extent.length, sink);
      held += extent.length;
      at = extent.offset + extent.length;
    }
    await pushZeros(end - at, sink);
  }
  sink.push(paddingOf(heldBytes(sparse!)));
}

async function pushZeros(length: number, sink: Sink): Promise<void> {
  for (let left = length; left > 0; left -= ZEROS.length) {
    sink.push(ZEROS.subarray(0, left));
    if (sink.isFull) await sink.flush();
  }
}
