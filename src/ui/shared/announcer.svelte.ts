import { createContext } from 'svelte';

/** What is read aloud (`role="status"`) without moving the focus: one text at a time. */
export class Announcer {
  #text = $state('');
  #turn = 0;

  get text(): string {
    return this.#text;
  }

  say(text: string): void {
    // A live region stays silent when its text does not change: a no-break space makes the same words news again.
    this.#turn ^= 1;
    this.#text = text + '\u00a0'.repeat(this.#turn);
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
