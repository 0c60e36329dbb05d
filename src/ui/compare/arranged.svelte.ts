/** The rows that are shown of a comparison, made anew when something else is asked for, and never in one long go. */
import { arrange, type Arrangement } from '../../image/compare/arrange.ts';
import type { Compared } from '../../session/comparing.svelte.ts';
import { inSlices } from '../../session/download.ts';

interface Rows {
  readonly of: Compared;
  /** Of its differences. */
  readonly rows: Uint32Array;
}

export class Arranged {
  /** What is shown: the last that was asked for, until the next is there. Null before the first. */
  #shown: Rows | null = $state.raw(null);
  /** Its place among the rows that are shown; -1 for none. */
  #selected = $state(-1);
  #running: AbortController | null = null;

  get shown(): Rows | null {
    return this.#shown;
  }
  get selected(): number {
    return this.#selected;
  }
  select(place: number): void {
    this.#selected = place;
  }

  /** What was asked before is not wanted any more. What is selected stays so where it is still among the rows. */
  async ask(compared: Compared, arrangement: Arrangement): Promise<void> {
    this.stop();
    const { signal } = (this.#running = new AbortController());
    const { differences, before, after } = compared;
    try {
      const going = arrange(differences, before.files.tree, after.files.tree, arrangement);
      const rows = await inSlices(going, signal);
      const selected = placeOf(this.#shown, this.#selected, { of: compared, rows });
      this.#shown = { of: compared, rows };
      this.#selected = selected;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  stop(): void {
    this.#running?.abort();
  }
}

/** Where in `now` the path is that stood at `place` in `old`; -1 for nowhere. */
function placeOf(old: Rows | null, place: number, now: Rows): number {
  const row = old?.rows[place];
  if (row === undefined) return -1;
  const [was, is] = [old!.of.differences, now.of.differences];
  return now.rows.findIndex((it) => is.before[it] === was.before[row] && is.after[it] === was.after[row]);
}
