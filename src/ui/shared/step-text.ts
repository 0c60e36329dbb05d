import { dockerfileOf } from '../../image/dockerfile.ts';
import type { HistoryStep } from '../../image/history.ts';

/** The step of a layer on one line, as a Dockerfile has it; words where nobody wrote it down. */
export function stepText(step: HistoryStep | null): string {
  const text = step === null ? '' : (dockerfileOf([step])[0]?.text ?? '');
  return text.replace(/\s+/g, ' ').trim() || step?.comment.trim() || 'step not recorded';
}
