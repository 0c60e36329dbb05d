/**
 * A page that one leaves may be put away as it stands, for "back" (HTML, section 7.4.6.2). WebKit leaves its transactions
 * open meanwhile, also those of its threads, and whoever opens the database after it waits for them, at least until the
 * browser ends (seen in WebKitGTK 2.50). So it lets go of everything before, and begins anew what was going on.
 */
import type { Store } from '../sources/browser/store.ts';
import type { Recents } from './recents.svelte.ts';
import type { Session } from './session.svelte.ts';

export function restWhenPutAway(
  window: Window,
  session: Session,
  recents: Recents,
  store: Promise<Store | null>,
): void {
  window.addEventListener('pagehide', ({ persisted }) => {
    if (!persisted) return;
    session.rest();
    recents.cancel();
    void store.then((opened) => opened?.rest());
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    void store.then((opened) => {
      opened?.wake();
      session.wake();
      void recents.refresh();
    });
  });
}
