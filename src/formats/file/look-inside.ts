/** The one switch over readers: what a file is by its first bytes decides who reads the rest. */
import { unreachable } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { listAr } from './ar.ts';
import { MemberList, type Archive, type Member } from './archive.ts';
import { readElf, type Elf } from './elf.ts';
import type { ArchiveFormat, Preview } from './file-kind.ts';
import { readKeys, type Keys } from './keys.ts';
import { readMember } from './one-member.ts';
import { compressionOf, listPacked } from './packed.ts';
import { readFont, type Font } from './font.ts';
import { readPdf, type Pdf } from './pdf.ts';
import { readPe, type Pe } from './pe.ts';
import { inPages, type RandomAccess } from './random-access.ts';
import { readSqlite, type Sqlite } from './sqlite.ts';
import { listZip } from './zip.ts';

/** What is read rather than drawn. */
export type Look =
  | { readonly kind: 'program' | 'keys' | 'database' | 'pdf' | 'font' }
  | { readonly kind: 'archive'; readonly format: ArchiveFormat }
  /** One file in it, by the name that its list has for it. */
  | { readonly kind: 'member'; readonly format: ArchiveFormat; readonly name: string };

/** Plain data: it crosses threads. */
export type Inside = Elf | Pe | DosProgram | Keys | Archive | MemberBytes | Sqlite | Pdf | Font;

/** It begins like a Windows program, and is an older one. */
export interface DosProgram {
  readonly kind: 'dos';
}

/** A file that was in an archive: all of it. */
export interface MemberBytes {
  readonly kind: 'member';
  readonly bytes: Bytes;
}

export interface LookOptions {
  /** Members of an archive, as they are found. */
  readonly onMembers: (members: readonly Member[]) => void;
  /** Bytes of the file that were gone through, now and then. */
  readonly onProgress: (read: number) => void;
}

/** What has to be looked at for a preview; null where the browser draws it. */
export function lookOf(preview: Preview): Look | null {
  switch (preview.kind) {
    case 'picture':
    case 'sound':
    case 'film':
      return null;
    case 'archive':
      return { kind: 'archive', format: preview.format };
    default:
      return { kind: preview.kind };
  }
}

/**
 * Reads what a file says of itself. Bounded: in the bytes that are held, and for archives in those that are gone through.
 * Fails with `malformed`, `too-large`, `unsupported`, and as the file's bytes do.
 */
export async function lookInside(file: RandomAccess, look: Look, options: LookOptions): Promise<Inside> {
  const pages = inPages(file);
  switch (look.kind) {
    case 'program':
      return (await file.read(0, 1))[0] === 0x7f
        ? readElf(pages)
        : ((await readPe(pages)) ?? { kind: 'dos' });
    case 'keys':
      return readKeys(file);
    case 'database':
      return readSqlite(pages);
    case 'pdf':
      return readPdf(pages);
    case 'font':
      return readFont(pages);
    case 'archive':
      return listArchive(pages, look.format, options);
    case 'member':
      return {
        kind: 'member',
        bytes: await readMember(pages, look.format, look.name, options.onProgress),
      };
    default:
      return unreachable(look);
  }
}

async function listArchive(
  file: RandomAccess,
  format: ArchiveFormat,
  { onMembers, onProgress }: LookOptions,
): Promise<Archive> {
  if (format === 'zip') return listZip(file, onMembers);
  if (format === 'ar') return listAr(file, onMembers, onProgress);
  const compression = await compressionOf(file, format);
  // Alpine's packages and Python's source archives say so.
  const isAbout = (name: string) => name === '.PKGINFO' || /^[^/]{1,200}\/PKG-INFO$/.test(name);
  return listPacked(file, new MemberList(onMembers, isAbout), compression, onProgress);
}
