/** Builds the house: the only file that knows every floor. */
import './app.css';
import { mount } from 'svelte';
import { fragmentOfQuery } from './session/address.ts';
import { publish } from './session/published.svelte.ts';
import { Session, type Navigator } from './session/session.svelte.ts';
import App from './ui/App.svelte';
import { layerPool, mergePool } from './worker/pool.ts';

const addressBar: Navigator = {
  read: () => location.hash,
  write(address, how) {
    const url = address === '' ? location.pathname : address;
    if (how === 'push') history.pushState(null, '', url);
    else history.replaceState(null, '', url);
  },
  base: document.baseURI,
};

// In the fragment no server sees it.
const moved = fragmentOfQuery(location.search, location.hash);
if (moved !== null) history.replaceState(null, '', `${location.pathname}${moved}`);

const session = new Session(addressBar, { layers: layerPool(), merge: mergePool() });
publish(session, document.documentElement);
mount(App, { target: document.body, props: { session } });
window.addEventListener('popstate', () => session.follow());
session.follow();
