/** Which files of which layers hold the bytes of what was found, and where. */
import { planFiles, type PlannedLayer } from '../files-plan.ts';
import { FILE } from '../layer-index.ts';
import type { FindTable } from './find-table.ts';

/** The largest first. A file with several names is looked at once, for the name that comes first. */
export function planSearch(table: FindTable, ids: Uint32Array): PlannedLayer[] {
  const { kinds, sizes } = table;
  return planFiles(
    table,
    ids.filter((id) => kinds[id] === FILE && sizes[id]! > 0),
  );
}
