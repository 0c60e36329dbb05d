/** What of an archive in an image is looked at, as the address has it: `lib/x.jar!/META-INF/MANIFEST.MF`, as Java writes it. */

/** Archives in archives that are gone into. */
const MOST_LEVELS = 8;

/** The names of what is looked at, from the outermost archive on. `joinMembers` gives the same text back. */
export function splitMembers(text: string | null): readonly string[] {
  if (text === null) return [];
  const plain = (part: string) => part.replace(/%(21|25)/g, (_, hex: string) => (hex === '21' ? '!' : '%'));
  return text.split('!/').slice(0, MOST_LEVELS).map(plain);
}

/** Null for no names. */
export function joinMembers(names: readonly string[]): string | null {
  const escaped = (name: string) => name.replace(/[%!]/g, (char) => (char === '!' ? '%21' : '%25'));
  return names.length === 0 ? null : names.map(escaped).join('!/');
}
