/** Pixels of a row of a long list, `--row` in app.css: as much as a pointer needs, or a finger. */
export const ROW_HEIGHT = matchMedia('(pointer: coarse)').matches ? 36 : 26;
