/** The rows that are shown of a comparison, made anew when something else is asked for, and never in one long go. */
import { arrange, type Arrangement } from '../../image/compare/arrange.ts';
import type { Compared } from '../../session/comparing.svelte.ts';
import { inSlices } from '../../session/download.ts';

export class Arranged {
  #rows: { readonly of: Compared; readonly rows: Uint32Array } | null = $state.raw(null);
  #running: AbortController | null = null;

  /** Rows of the differences that are asked about; null until they are there for the first time. */
  rowsOf(compared: Compared): Uint32Array | null {
    return this.#rows?.of === compared ? this.#rows.rows : null;
  }

  /** What was asked before is not wanted any more. */
  async ask(compared: Compared, arrangement: Arrangement): Promise<void> {
    this.stop();
    const { signal } = (this.#running = new AbortController());
    const { differences, before, after } = compared;
    try {
      const going = arrange(differences, before.files.tree, after.files.tree, arrangement);
      this.#rows = { of: compared, rows: await inSlices(going, signal) };
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  stop(): void {
    this.#running?.abort();
  }
}
