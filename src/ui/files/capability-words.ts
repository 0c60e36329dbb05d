import { capabilityName, decodeCapabilities } from '../../image/capability.ts';

/** What the xattr `security.capability` means for whoever runs the file; null where its value is none. */
export function capabilityWords(value: Uint8Array): string | null {
  const capabilities = decodeCapabilities(value);
  if (capabilities === null) return null;
  const { effective, permitted, inheritable, rootId } = capabilities;
  const sentences: string[] = [];
  if (permitted.length > 0) {
    const when = effective ? 'at once' : 'when it asks for it';
    sentences.push(`Whoever runs it gets ${list(permitted)}, ${when}.`);
  }
  if (inheritable.length > 0) sentences.push(`It keeps ${list(inheritable)} where its caller passes it on.`);
  if (sentences.length === 0) sentences.push('It grants nothing.');
  if (rootId !== null) sentences.push(`Only in a user namespace whose root is user ${rootId}.`);
  return sentences.join(' ');
}

function list(numbers: readonly number[]): string {
  const names = numbers.map(capabilityName);
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
