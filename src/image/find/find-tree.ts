import type { TreeColumns } from '../tree-columns.ts';

/** What of a tree is needed. A row is an entry; a parent's number is less than its children's. */
export type FindTree = Pick<
  TreeColumns,
  'count' | 'parent' | 'layer' | 'row' | 'contentLayer' | 'contentRow' | 'names' | 'nameStart' | 'nameLength'
>;
