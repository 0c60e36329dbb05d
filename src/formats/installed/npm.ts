/** What a `package.json` of an installed package says (docs.npmjs.com, "package.json"). */
import { readable } from '../../base/bytes.ts';
import { Lenient } from '../lenient-json.ts';
import { packageOf, type Package } from './installed.ts';

/** Null where it is no JSON, or names nothing. */
export function readNpmPackage(bytes: Uint8Array): Package | null {
  const json = jsonIn(bytes);
  const name = json?.get('name').text ?? '';
  if (json === null || name === '') return null;
  return packageOf('npm', {
    name,
    version: json.get('version').text ?? '',
    summary: json.get('description').text ?? '',
    licence: json.get('license').text ?? json.get('license', 'type').text ?? '',
    maintainer: json.get('author').text ?? json.get('author', 'name').text ?? '',
    homepage: json.get('homepage').text ?? '',
  });
}

function jsonIn(bytes: Uint8Array): Lenient | null {
  try {
    return new Lenient(JSON.parse(readable(bytes)));
  } catch {
    return null;
  }
}
