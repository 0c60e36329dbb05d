/** Numbers as a person reads them. English, with the units of the decimal system that registries and disks use. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Three significant digits: `0 B`, `999 B`, `1.00 kB`, `57.7 kB`, `731 MB`. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would print as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]!}`;
}

/** `1,234,567`. By hand: what `Intl` needs for it takes a page 30 ms to load before anything is drawn (Chromium 156). */
export function wholeNumber(value: number): string {
  return value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1,234 bytes`, `1 byte` */
export function exactBytes(bytes: number): string {
  return counted(bytes, 'byte');
}

/** `1 file`, `2 files`, `0 files` */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${wholeNumber(count)} ${count === 1 ? noun : plural}`;
}

/** A share of a whole in percent, 0 to 100, and 100 only when all is there. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return part > 0 ? 100 : 0;
  return Math.max(0, Math.min(100, Math.floor((100 * part) / whole)));
}
