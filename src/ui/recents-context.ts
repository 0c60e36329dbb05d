import { createContext } from 'svelte';
import type { Recents } from '../session/recents.svelte.ts';

/** The one Recents, for every component below App. */
export const [getRecents, setRecents] = createContext<Recents>();
