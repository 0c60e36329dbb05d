import type { Access } from './access.ts';
import type { Source } from './source.ts';

/** A source on the network. */
export interface Place extends Source {
  /** What lets another thread in where we are in: credentials and tokens, as they are now. Never to be kept or shown. */
  access(): Access;
}
