/** Which Go built a program: what the linker leaves in `.go.buildinfo` (Go's debug/buildinfo). */
import { readable } from '../../base/bytes.ts';
import type { Section } from './elf-section.ts';
import { readExactly, type RandomAccess } from './random-access.ts';

const MAGIC = '\xff Go buildinf:';
/** The header, and a version that stands behind it. */
const LENGTH = 32 + 128;

/** `go1.22.3`; null where it was not Go, or one before 1.18, which left a pointer there. */
export async function goVersionOf(
  file: RandomAccess,
  sections: readonly Section[] | null,
): Promise<string | null> {
  const section = sections?.find(({ name }) => name === '.go.buildinfo');
  if (section === undefined || !(section.offset + section.size <= file.size)) return null;
  const bytes = await readExactly(file, section.offset, Math.min(section.size, LENGTH), 'the build info');
  for (let i = 0; i < MAGIC.length; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) return null;
  // Bit 1 of the flags: a length (a varint, of one byte for every real version) and the text follow.
  const length = bytes[32] ?? 0;
  if (((bytes[15] ?? 0) & 2) === 0 || length >= 128 || 33 + length > bytes.length) return null;
  return readable(bytes.subarray(33, 33 + length));
}
