/** No eye sees more, and each message costs the page a little. Milliseconds. */
const PROGRESS_MS = 200;

/** `report`, but so often at most; what comes in between is left out. */
export function throttled<T>(report: (value: T) => void): (value: T) => void {
  let last = 0;
  return (value) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    report(value);
  };
}
