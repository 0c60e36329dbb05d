import type { Descriptor } from '../formats/descriptor.ts';
import type { Access } from './access.ts';
import type { Source } from './source.ts';

/** A source, and how another thread gets at it. */
export interface Place extends Source {
  /**
   * What lets another thread read `what` where we can: credentials and tokens as they are now, or its bytes. Never to be
   * kept or shown.
   */
  access(what: Descriptor): Access;
}
