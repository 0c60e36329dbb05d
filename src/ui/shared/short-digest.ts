/** Enough of a digest to tell it from its neighbours: `sha256:0123456789ab…`. The whole stands in a title beside it. */
export function shortDigest(digest: string, digits = 12): string {
  const colon = digest.indexOf(':');
  const encoded = digest.slice(colon + 1);
  return encoded.length <= digits ? digest : `${digest.slice(0, colon + 1)}${encoded.slice(0, digits)}…`;
}
