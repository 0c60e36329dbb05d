/** How far the opening of an image is. */
import type { Failure } from '../base/problem.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Artifact, Document, Image, PlatformChoice } from '../image/image.ts';
import type { ArchiveImage } from '../sources/archive/archive.ts';
import type { LocalOrigin, Origin, RegistryOrigin } from '../sources/origin.ts';
import type { NameList } from './name-list.svelte.ts';
import type { TagList } from './tag-list.svelte.ts';

export type Phase =
  | { readonly name: 'empty' }
  /** `image` is null until its manifest and config are read; from then on `session.layers` shows the progress. */
  | {
      readonly name: 'opening';
      readonly asked: string;
      readonly origin: Origin | null;
      readonly image: Image | null;
    }
  | {
      readonly name: 'choosing-platform';
      readonly asked: string;
      readonly origin: Origin;
      readonly indexes: readonly Document[];
      readonly choices: readonly PlatformChoice[];
      /** Named by the index, and not where it is. */
      readonly absent: Image['absent'];
    }
  /** A local file has several images, and the address names none of them. */
  | {
      readonly name: 'choosing-image';
      readonly asked: string;
      readonly origin: LocalOrigin;
      readonly images: readonly ArchiveImage[];
    }
  /** The tree is usable; `session.verified` says how far the checks are. */
  | {
      readonly name: 'open';
      readonly asked: string;
      readonly origin: Origin;
      readonly image: Image;
      readonly tree: FileTree;
      /** When its tag was last asked for, where it could not be asked now; ms since 1970. */
      readonly recalled: number | null;
    }
  /** No image, but of its shape: told as what it is. `tree` is null until its blobs were looked into. */
  | {
      readonly name: 'artifact';
      readonly asked: string;
      readonly origin: Origin;
      readonly artifact: Artifact;
      readonly tree: FileTree | null;
      readonly recalled: number | null;
    }
  /** The tags of a repository are listed; no image is open. */
  | {
      readonly name: 'tags';
      readonly asked: string;
      readonly origin: RegistryOrigin;
      readonly tags: TagList;
    }
  /** The repositories of a registry are listed. */
  | {
      readonly name: 'catalog';
      readonly asked: string;
      readonly origin: RegistryOrigin;
      readonly list: NameList;
    }
  /** `asked` is what the user gave, as text, for the words and for trying again. `image` where its documents were read. */
  | {
      readonly name: 'failed';
      readonly asked: string;
      readonly origin: Origin | null;
      readonly failure: Failure;
      readonly image: Image | null;
    };

export type Verified = 'pending' | 'true' | 'false';
