/** What a grid leaves to the next one, which shows the same image after another layer: what is unfolded, how it is sorted, where it is. */
import type { VisibleRows } from './visible-rows.ts';

export interface GridMemory {
  rows: VisibleRows | null;
  /** Pixels that it was scrolled by. */
  top: number;
}
