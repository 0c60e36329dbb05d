/** Which packages two images have in different versions, or one of them has alone. */
import { compareText } from '../../base/compare-text.ts';
import type { Package, PackageType } from '../../formats/installed/installed.ts';

export interface PackageDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly type: PackageType;
  readonly name: string;
  /** The versions, each as often as it is there, in their order as text; empty where there are none. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** By name, then by type. What differs in anything but its versions is the same. */
export function packageDifferences(
  before: readonly Package[],
  after: readonly Package[],
): readonly PackageDifference[] {
  const both = new Map<string, { type: PackageType; name: string; before: string[]; after: string[] }>();
  for (const [side, packages] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const { type, name, version } of packages) {
      const key = `${type}:${name}`;
      let one = both.get(key);
      if (one === undefined) both.set(key, (one = { type, name, before: [], after: [] }));
      one[side].push(version);
    }
  }
  const differences: PackageDifference[] = [];
  for (const one of both.values()) {
    one.before.sort();
    one.after.sort();
    if (one.before.join('\n') === one.after.join('\n')) continue;
    const kind = one.before.length === 0 ? 'added' : one.after.length === 0 ? 'removed' : 'changed';
    differences.push({ kind, ...one });
  }
  return differences.sort((a, b) => compareText(a.name, b.name) || compareText(a.type, b.type));
}
