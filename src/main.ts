/** Builds the house: the only file that knows every floor. */
import './app.css';
import { mount } from 'svelte';
import { fragmentOfQuery } from './session/address.ts';
import { AddressBar } from './session/address-bar.ts';
import { AppVersion, whenUsable } from './session/app-version.svelte.ts';
import { watchHands } from './session/calm.ts';
import { Keyring } from './session/keyring.svelte.ts';
import { publish } from './session/published.svelte.ts';
import { restWhenPutAway } from './session/put-away.ts';
import { Recents } from './session/recents.svelte.ts';
import { Session } from './session/session.svelte.ts';
import { Ways } from './session/ways.svelte.ts';
import { guardScratch } from './sources/browser/scratch.ts';
import App from './ui/App.svelte';
import { openKeeper } from './worker/keeper.ts';
import { archivePool, exportPool, filePool, layerPool, treesPool } from './worker/pool.ts';

// For as long as the page lives: what its workers unpack to disk is not cleared away under it.
guardScratch().catch(reportError);

// In the fragment no server sees it.
const moved = fragmentOfQuery(location.search, location.hash);
if (moved !== null) history.replaceState(null, '', `${location.pathname}${moved}`);

// Its code comes while the first requests are on their way.
const store = import('./sources/browser/open-store.ts').then(({ openStore }) => openStore());
const ways = new Ways({
  base: document.baseURI,
  gateway: document.querySelector<HTMLMetaElement>('meta[name=stratascope-gateway]')?.content ?? null,
  shelf: localShelf(),
});
const archive = archivePool();
const session = new Session(
  new AddressBar(window, document.baseURI),
  {
    layers: layerPool(),
    trees: treesPool(),
    archive,
    files: filePool(),
    exports: exportPool(),
    // Not in the first load: most visits ask nothing.
    lookup: async (tree) => new (await import('./worker/lookup-thread.ts')).LookupThread(tree),
  },
  store,
  ways,
  new Keyring(openKeeper()),
);
const recents = new Recents(store, archive);
const version = new AppVersion(() => location.reload());
restWhenPutAway(window, session, recents, store);
window.addEventListener('popstate', () => session.follow());
watchHands(window);

// Each in a task of its own: reading the program takes as long as a page should leave a person waiting for, or nearly.
setTimeout(() => {
  publish(session, document.documentElement);
  // Before anything is drawn: the first requests are on their way, and no start page is made only to be thrown away.
  session.follow();
  setTimeout(() => mount(App, { target: document.body, props: { session, recents, version, ways } }));

  // Not in the way of the first image. Insecure contexts have no service workers, whatever the types say.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (import.meta.env.PROD && workers !== undefined) {
    whenUsable(session)
      .then(() => version.watch(workers, './service-worker.js'))
      .catch(reportError);
  }
});

/** A browser that is told to keep nothing throws at the sight of it. */
function localShelf(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
