/** Web Locks of this browser; undefined outside a secure context, whatever its type says. */
export function webLocks(): LockManager | undefined {
  return (globalThis.navigator as Navigator | undefined)?.locks as LockManager | undefined;
}
