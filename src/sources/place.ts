import type { Descriptor } from '../formats/descriptor.ts';
import type { Access } from './access.ts';
import type { Referrals } from './referrals.ts';
import type { Source } from './source.ts';

/** A source, and how another thread gets at it. */
export interface Place extends Source {
  /** Set where `resolve` gave what the tag meant at `time` (ms since 1970), because the place could not be asked. */
  readonly recalled?: { readonly time: number } | null;
  /**
   * What lets another thread read `what` where we can: credentials and tokens as they are now, or its bytes. Never to be
   * kept or shown.
   */
  access(what: Descriptor): Access;
  /** Lets go of credentials and tokens: what is asked from now on is asked as nobody. */
  forget?(): void;
  /** What it knows to be about the manifest or index `what`, outside of that. Absent where it knows no such thing. */
  referrals?(what: Descriptor, signal: AbortSignal): Promise<Referrals>;
}
