/** Watches over a body that is being read: says so when nothing comes, and gives it up when nothing has come for long. */
import { hostOf, SILENCE, STALL, type Patience } from './patience.ts';

/** Milliseconds between two looks. One timer for the whole body: one for each piece would cost more than the piece. */
const LOOK = 1000;

export class Watch {
  readonly #url: string;
  readonly #silence: number;
  readonly #stall: number;
  readonly #onWait: Patience['onWait'];
  readonly #onStall: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  /** When the read that is pending began; ms since 1970. Who does not read is not waiting. */
  #since: number | null = null;
  #over: (() => void) | undefined;

  /** `onStall` has to end the read that is pending. To be ended with `end`. */
  constructor(url: string, { silence = SILENCE, stall = STALL, onWait }: Patience, onStall: () => void) {
    this.#url = url;
    this.#silence = silence;
    this.#stall = stall;
    this.#onWait = onWait;
    this.#onStall = onStall;
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK, silence, stall));
  }

  async over<T>(coming: Promise<T>): Promise<T> {
    this.#since = Date.now();
    try {
      return await coming;
    } finally {
      this.#since = null;
      this.#over?.();
      this.#over = undefined;
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const since = this.#since;
    if (since === null) return;
    const waited = Date.now() - since;
    if (waited >= this.#stall) this.#onStall();
    else if (waited >= this.#silence) {
      this.#over ??= this.#onWait?.({ why: 'silence', host: hostOf(this.#url), since, until: null });
    }
  }
}
