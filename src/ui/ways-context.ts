import { createContext } from 'svelte';
import type { Ways } from '../session/ways.svelte.ts';

/** How registries are reached, for every component below App. */
export const [getWays, setWays] = createContext<Ways>();
