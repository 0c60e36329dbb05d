/** What work that rests often comes to, without a rest. */
export function toTheEnd<T>(going: Generator<void, T, void>): T {
  for (;;) {
    const step = going.next();
    if (step.done === true) return step.value;
  }
}
