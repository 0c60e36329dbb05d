/** `ghcr.io/team/app:1.4` as the name of a file: its last component, as skopeo's users name theirs. */
export function exportName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).replace(/\.(?:tar|tgz|tar\.\w+)$/i, '');
  const plain = last.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  return `${plain.slice(0, 100) || 'image'}.tar`;
}
