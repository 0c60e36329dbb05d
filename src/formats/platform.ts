/** Which machine an image is for (image-spec v1.1, image-index.md, "platform"). */

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}
