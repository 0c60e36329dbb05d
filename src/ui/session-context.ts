import { createContext } from 'svelte';
import type { Session } from '../session/session.svelte.ts';

/** The one Session, for every component below App. */
export const [getSession, setSession] = createContext<Session>();
