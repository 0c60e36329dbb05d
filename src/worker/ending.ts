import { Problem } from '../base/problem.ts';
import { goneFile } from '../sources/archive/gone-file.ts';
import type { Ending } from './protocol.ts';

/** How a job that threw `error` ends: the input's fault, or ours. */
export function endingOf(error: unknown): Ending {
  if (error instanceof Problem) return { type: 'failed', failure: error.failure };
  // Its name is known to whoever gave the job.
  const gone = goneFile(error, '');
  if (gone !== null) return { type: 'failed', failure: gone };
  if (error instanceof Error) {
    return { type: 'crashed', message: `${error.name}: ${error.message}`, stack: error.stack ?? '' };
  }
  return { type: 'crashed', message: String(error), stack: '' };
}
