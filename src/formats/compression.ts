/** How bytes are compressed, by looking at them: media types lie. */

export type Compression = 'none' | 'gzip' | 'zstd';
