import type { ArchiveProgress } from './archive.ts';

export interface ArchiveOptions {
  readonly signal: AbortSignal;
  /** After each piece of work. */
  readonly onProgress: (progress: ArchiveProgress) => void;
}
