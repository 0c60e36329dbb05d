/** RFC 3339, as configs have it; years past 9999 and leap seconds are nobody's. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** The day in UTC, `2023-02-05`; null where there is none, or where it is the zero that reproducible builds write. */
export function dayText(created: string): string | null {
  if (!DATE_TIME.test(created)) return null;
  const time = Date.parse(created);
  return Number.isNaN(time) || time <= 0 ? null : new Date(time).toISOString().slice(0, 10);
}
