/** What part of the image is looked at; the `view` of the address. */
export const VIEWS = [
  'files',
  'layers',
  'history',
  'packages',
  'config',
  'manifest',
  'index',
  'attached',
  'compare',
] as const;
export type View = (typeof VIEWS)[number];

export function isView(text: string): text is View {
  return (VIEWS as readonly string[]).includes(text);
}
