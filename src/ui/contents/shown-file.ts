/** What a view is given to show. */
import type { Bytes } from '../../base/bytes.ts';
import type { FileKind } from '../../formats/file/file-kind.ts';

export interface ShownFile {
  readonly node: number;
  /** Readable, of the file that links lead to. */
  readonly name: string;
  readonly kind: FileKind;
  /** Its first bytes: HEAD_LENGTH of them, or all. */
  readonly head: Bytes;
  readonly size: number;
  /** Bytes `start` to `end`; fewer where it is shorter. */
  readonly read: (start: number, end: number, signal: AbortSignal) => Promise<Uint8Array>;
  /** The address says which of its lines is looked at. False for what is in a file. */
  readonly hasLines: boolean;
}

/** Every view takes these and no others. */
export interface ViewProps {
  readonly file: ShownFile;
  /** For a view that finds that it cannot show the file. */
  readonly onhex: () => void;
  readonly onfailure: (error: unknown) => void;
}
