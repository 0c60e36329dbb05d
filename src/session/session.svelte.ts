/** What the user is doing: which image is being opened or is open, what of it is looked at, and how far it is checked. */
import type { Failure } from '../base/problem.ts';
import type { Digest } from '../formats/digest.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Document, Image, ImageLayer, PlatformChoice } from '../image/image.ts';
import type { Credentials } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import type { View } from './view.ts';

export type Phase =
  | { readonly name: 'empty' }
  /** `image` is null until its manifest and config are read; from then on `session.layers` shows the progress. */
  | { readonly name: 'opening'; readonly origin: Origin; readonly image: Image | null }
  | {
      readonly name: 'choosing-platform';
      readonly origin: Origin;
      readonly indexes: readonly Document[];
      readonly choices: readonly PlatformChoice[];
    }
  /** The tree is usable; `session.verified` says how far the checks are. */
  | { readonly name: 'open'; readonly origin: Origin; readonly image: Image; readonly tree: FileTree }
  /** `asked` is what the user gave, as text, for the words and for trying again. `image` where its documents were read. */
  | {
      readonly name: 'failed';
      readonly asked: string;
      readonly origin: Origin | null;
      readonly failure: Failure;
      readonly image: Image | null;
    };

/** One layer on its way. Reactive. */
export interface LayerState {
  readonly layer: ImageLayer;
  /** `indexed`: its tree is usable, the checks go on. */
  readonly state: 'waiting' | 'reading' | 'indexed' | 'verified' | 'failed';
  readonly received: number;
  readonly unpacked: number;
  readonly entries: number;
  /** Bytes of the blob a second, over the last seconds; 0 when not reading. */
  readonly rate: number;
  readonly failure: Failure | null;
}

export interface Session {
  readonly phase: Phase;
  readonly layers: readonly LayerState[];
  readonly verified: 'pending' | 'true' | 'false';
  readonly view: View;
  /** Absolute path of the selected entry in the merged tree, and its node; null where nothing is selected or there is none. */
  readonly path: string | null;
  readonly selected: number | null;

  /** Opens what a person typed: a reference. A wrong one becomes the `failed` phase (`bad-reference`). */
  openReference(text: string): void;
  /** Opens a static OCI image layout by its URL. */
  openLayout(url: string): void;
  openSample(): void;
  /** Picks one of `choices` or of `image.platforms`. */
  choosePlatform(digest: Digest): void;
  /** Stops at once; back to the empty page. */
  cancel(): void;
  retry(): void;
  /** For the registry of the failed origin, in memory only; then tries again. */
  signIn(credentials: Credentials): void;
  show(view: View): void;
  /** Selects a node of the tree (null: nothing). Goes into the address. */
  select(node: number | null): void;
  /** Makes the listing (JSON Lines) and hands it to the browser as a download. */
  exportListing(): Promise<void>;
}
