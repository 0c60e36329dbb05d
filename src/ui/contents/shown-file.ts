/** What a view is given to show. */
import type { Bytes } from '../../base/bytes.ts';
import type { FileKind } from '../../formats/file/file-kind.ts';

export interface ShownFile {
  readonly node: number;
  /** Of what is looked at in it (`member-names.ts`); none for the file itself. */
  readonly names: readonly string[];
  /** Readable, of the file that links lead to, or of what is looked at in it. */
  readonly name: string;
  readonly kind: FileKind;
  /** Its first bytes: HEAD_LENGTH of them, or all. */
  readonly head: Bytes;
  readonly size: number;
  /** All of it, where it is in memory: small files, and what was taken out of an archive. */
  readonly all: Bytes | null;
  /** Bytes `start` to `end`; fewer where it is shorter. */
  readonly read: (start: number, end: number, signal: AbortSignal) => Promise<Uint8Array>;
  /** Looks at what is in it, by the name that it has there. Nothing where it is on its way out. */
  readonly enter: (name: string) => void;
  /** Hands it to the browser as a file. To be called from a click. */
  readonly save: Save;
  /** The address says which of its lines is looked at. False for what is in a file. */
  readonly hasLines: boolean;
}

/** `onProgress`: bytes so far. `verified`: what was handed over is of a layer that was found right. */
export type Save = (
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
) => Promise<{ readonly verified: boolean }>;

/** Every view takes these and no others. */
export interface ViewProps {
  readonly file: ShownFile;
  /** For a view that finds that it cannot show the file. */
  readonly onhex: () => void;
  readonly onfailure: (error: unknown) => void;
}
