import type { HistoryStep } from '../../image/history.ts';

/** The step of a layer on one line; words where nobody wrote it down. */
export function stepText(step: HistoryStep | null): string {
  if (step === null || step.createdBy.trim() === '') return step?.comment.trim() || 'step not recorded';
  return step.createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
