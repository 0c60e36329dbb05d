import { Problem, type Failure } from '../base/problem.ts';
import { goneFile } from '../sources/archive/gone-file.ts';

/** What went wrong, as a person is to hear of it. `file`: the local file that was being read, where its name is known. */
export function failureOf(error: unknown, file: string): Failure {
  if (error instanceof Problem) return error.failure;
  const gone = goneFile(error, file);
  if (gone !== null) return gone;
  console.error(error);
  return { code: 'bug', message: error instanceof Error ? error.message : String(error) };
}
