/** The steps that made an image (image-spec v1.1, config.md, "history"). */

export interface HistoryStep {
  /** As in the config; empty where it says nothing. */
  readonly createdBy: string;
  /** RFC 3339, as in the config; empty where it says nothing. */
  readonly created: string;
  readonly author: string;
  readonly comment: string;
  /** From 0, in manifest order; null for a step that made no layer. */
  readonly layer: number | null;
}
