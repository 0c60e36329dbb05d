/** A bill of materials of what is installed, as scanners read it: CycloneDX 1.6, JSON (cyclonedx.org/docs/1.6/json). */
import type { Package } from './installed.ts';
import { packageUrl } from './package-name.ts';

export interface BillSubject {
  /** Reference of the image. */
  readonly name: string;
  /** Digest of its manifest. */
  readonly digest: string;
  readonly system: { readonly id: string; readonly version: string; readonly name: string } | null;
}

export interface BilledPackage {
  readonly it: Package;
  /** Digest of the layer that brought it; null where none of its files is there. */
  readonly layer: string | null;
}

/** Packages between two rests. */
const AT_ONCE = 256;

/** Pieces of the document, which rest often between them. */
export function* writeCycloneDx(
  { name, digest, system }: BillSubject,
  packages: readonly BilledPackage[],
): Generator<string, void, undefined> {
  const head = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'Stratascope' }] },
      component: { type: 'container', 'bom-ref': digest, name, version: digest },
    },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"components":[`;
  const first = system === null ? [] : [operatingSystem(system)];
  const seen = new Map<string, number>();
  let piece = first.map((one) => JSON.stringify(one)).join(',\n');
  for (const [i, { it, layer }] of packages.entries()) {
    const url = packageUrl(it, system);
    // One that is there twice is two components.
    const count = (seen.get(url) ?? 0) + 1;
    seen.set(url, count);
    const component = {
      type: 'library',
      'bom-ref': count === 1 ? url : `${url}#${count}`,
      name: it.name,
      version: it.version,
      ...(it.summary === '' ? {} : { description: it.summary }),
      ...(it.licence === '' ? {} : { licenses: [{ license: { name: it.licence } }] }),
      purl: url,
      ...(layer === null ? {} : { properties: [{ name: 'stratascope:layer', value: layer }] }),
    };
    piece += `${i === 0 && first.length === 0 ? '' : ',\n'}${JSON.stringify(component)}`;
    if (i % AT_ONCE !== AT_ONCE - 1) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]}\n`;
}

function operatingSystem({ id, version, name }: NonNullable<BillSubject['system']>) {
  return {
    type: 'operating-system',
    'bom-ref': `os:${id}@${version}`,
    name: id === '' ? name : id,
    ...(version === '' ? {} : { version }),
    ...(name === '' ? {} : { description: name }),
  };
}
