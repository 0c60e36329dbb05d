/** Strata in app.css. */
const STRATA = 12;
/** How much of its colour a layer keeps, one step for each time the strata were used up. */
const SHADES = [100, 62, 40] as const;

/** A CSS colour for a layer, counted from 0; null (no layer has the entry) is no colour. */
export function layerColour(layer: number | null): string {
  if (layer === null) return 'transparent';
  const stratum = `var(--stratum-${layer % STRATA})`;
  const shade = SHADES[Math.floor(layer / STRATA) % SHADES.length]!;
  return shade === 100 ? stratum : `color-mix(in oklab, ${stratum} ${shade}%, var(--ink))`;
}
