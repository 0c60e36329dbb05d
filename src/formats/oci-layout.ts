/** The file `oci-layout` at the root of an OCI image layout (image-spec v1.1, image-layout.md). */
import { fail } from '../base/problem.ts';
import { parseJson } from './json.ts';

/** Bytes. It has one short member. */
export const OCI_LAYOUT_LIMIT = 64 * 1024;

export interface OciLayout {
  readonly imageLayoutVersion: string;
}

/** Fails with `malformed`, or `unsupported` for a layout of another major version. */
export function parseOciLayout(bytes: Uint8Array): OciLayout {
  const version = parseJson(bytes, 'oci-layout', OCI_LAYOUT_LIMIT).get('imageLayoutVersion');
  const imageLayoutVersion = version.string();
  if (!/^\d{1,9}\.\d{1,9}\.\d{1,9}$/.test(imageLayoutVersion)) version.fail('not a version');
  if (!imageLayoutVersion.startsWith('1.')) {
    fail({ code: 'unsupported', what: 'feature', name: `imageLayoutVersion ${imageLayoutVersion}` });
  }
  return { imageLayoutVersion };
}
