/** For `sort`: the order of UTF-16 code units, the same on every machine. What a language would put first is not asked. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
