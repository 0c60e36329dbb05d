import { describe, expect, it } from 'vitest';
import type { HistoryRow } from '../formats/config.ts';
import { mapHistory } from './history.ts';

/** `a - b`: two steps that made layers, and one between them that made none. */
const rows = (text: string): HistoryRow[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((createdBy) => ({ createdBy, created: '', author: '', comment: '', emptyLayer: createdBy === '-' }));

describe('history and layers', () => {
  it.each<[history: string, layers: number, steps: string, byLayer: string]>([
    ['a - b', 2, 'a0 - b1', 'a b'],
    ['- a', 1, '- a0', 'a'],
    ['- -', 0, '- -', ''],
    ['', 0, '', ''],
    // Told from each other only where they are as many.
    ['', 2, '', '? ?'],
    ['a - b', 1, 'a? - b?', '?'],
    ['a - b', 3, 'a? - b?', '? ? ?'],
    ['- -', 2, '- -', '? ?'],
  ])('%j over %i layers', (history, layers, steps, byLayer) => {
    const mapped = mapHistory(rows(history), layers);
    const drawn = mapped.steps.map((it) => `${it.createdBy}${it.empty ? '' : (it.layer ?? '?')}`);
    expect(drawn.join(' ')).toBe(steps);
    expect(mapped.byLayer.map((it) => it?.createdBy ?? '?').join(' ')).toBe(byLayer);
  });
});
