/**
 * Bills of materials: SPDX 2.x and 3 (spdx.github.io), CycloneDX (cyclonedx.org, JSON), and Syft's own, as one table of
 * packages. Half a million rows cross threads as one text and one column.
 */
import { compareText } from '../../base/compare-text.ts';
import { packageType } from '../package-url.ts';
import { Lenient } from '../lenient-json.ts';

export interface PackageTable {
  readonly count: number;
  /** All fields back to back, row by row. */
  readonly text: string;
  /** Where each field ends in `text`, `PACKAGE_FIELDS` a row. UTF-16 code units. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** `type` is a package URL's (`deb`, `npm`), or CycloneDX's (`library`). */
export const PACKAGE_FIELDS = ['name', 'version', 'type', 'license', 'supplier', 'url'] as const;
export type PackageField = (typeof PACKAGE_FIELDS)[number];
type Row = readonly [
  name: string,
  version: string,
  type: string,
  license: string,
  supplier: string,
  url: string,
];

export interface BillOfMaterials {
  readonly format: 'SPDX' | 'CycloneDX' | 'Syft';
  readonly version: string;
  /** What the document calls itself, or what it describes. */
  readonly name: string | null;
  readonly created: string | null;
  readonly creators: readonly string[];
  readonly packages: PackageTable;
  /** Of the document, where it lists them. */
  readonly files: number | null;
  readonly relationships: number | null;
  /** It has more packages than are listed. */
  readonly isCut: boolean;
}

/** The largest real ones have some ten thousand. */
export const MAX_PACKAGES = 500_000;
/** Characters of a field. */
const MAX_FIELD = 512;
/** Components in components. */
const MAX_DEPTH = 64;

/** Null for what is none of them. */
export function readBillOfMaterials(json: Lenient): BillOfMaterials | null {
  if (json.get('spdxVersion').text !== null) return readSpdx2(json);
  if (json.get('bomFormat').text === 'CycloneDX') return readCycloneDx(json);
  const context = json.get('@context').text ?? json.get('@context').list(1)[0]?.text ?? '';
  if (context.startsWith('https://spdx.org/rdf/3.')) return readSpdx3(json, context);
  if (json.get('artifacts').value instanceof Array && json.get('descriptor', 'name').text === 'syft')
    return readSyft(json);
  return null;
}

/** Field `field` of row `row`. */
export function packageField({ text, ends }: PackageTable, row: number, field: number): string {
  const at = row * PACKAGE_FIELDS.length + field;
  return text.slice(at === 0 ? 0 : ends[at - 1], ends[at]);
}

/** All of row `row`, for searching. */
export function packageText({ text, ends }: PackageTable, row: number): string {
  const at = row * PACKAGE_FIELDS.length;
  return text.slice(at === 0 ? 0 : ends[at - 1], ends[at + PACKAGE_FIELDS.length - 1]);
}

function readSpdx2(json: Lenient): BillOfMaterials {
  const rows: Row[] = [];
  const all = json.get('packages');
  for (const one of all.list(MAX_PACKAGES)) {
    const url =
      one
        .get('externalRefs')
        .list(200)
        .find((it) => it.get('referenceType').text === 'purl')
        ?.get('referenceLocator').text ?? '';
    rows.push([
      one.get('name').text ?? '',
      said(one.get('versionInfo')),
      packageType(url),
      said(one.get('licenseConcluded')) || said(one.get('licenseDeclared')),
      said(one.get('supplier')) || said(one.get('originator')),
      url,
    ]);
  }
  const info = json.get('creationInfo');
  return {
    format: 'SPDX',
    version: (json.get('spdxVersion').text ?? '').replace(/^SPDX-/, ''),
    name: json.get('name').text,
    created: info.get('created').text,
    creators: info.get('creators').texts(50),
    files: lengthOf(json.get('files')),
    relationships: lengthOf(json.get('relationships')),
    ...tableOf(rows, all),
  };
}

/** SPDX 3, JSON-LD: packages stand among all else in one graph. */
function readSpdx3(json: Lenient, context: string): BillOfMaterials {
  const rows: Row[] = [];
  const graph = json.get('@graph');
  let document: Lenient = new Lenient(undefined);
  let created: string | null = null;
  let files = 0;
  let relationships = 0;
  for (const one of graph.list(4 * MAX_PACKAGES)) {
    const type = one.get('type').text ?? one.get('@type').text ?? '';
    if (type === 'SpdxDocument') document = one;
    else if (type === 'CreationInfo') created ??= one.get('created').text;
    else if (type === 'software_File') files++;
    else if (type.endsWith('Relationship')) relationships++;
    else if (type === 'software_Package' && rows.length < MAX_PACKAGES) {
      const url = one.get('software_packageUrl').text ?? '';
      rows.push([
        one.get('name').text ?? '',
        said(one.get('software_packageVersion')),
        packageType(url),
        '',
        '',
        url,
      ]);
    }
  }
  return {
    format: 'SPDX',
    version: /3\.[\d.]*\d/.exec(context)?.[0] ?? '3',
    name: document.get('name').text,
    created,
    creators: [],
    files,
    relationships,
    ...tableOf(rows, new Lenient(rows)),
  };
}

function readCycloneDx(json: Lenient): BillOfMaterials {
  const rows: Row[] = [];
  const walk = (list: Lenient, depth: number): void => {
    for (const one of list.list(MAX_PACKAGES)) {
      if (rows.length >= MAX_PACKAGES) return;
      const url = one.get('purl').text ?? '';
      const group = one.get('group').text;
      const name = one.get('name').text ?? '';
      rows.push([
        group === null ? name : `${group}/${name}`,
        said(one.get('version')),
        packageType(url) || (one.get('type').text ?? ''),
        licensesOf(one.get('licenses')),
        one.get('supplier', 'name').text ?? one.get('publisher').text ?? '',
        url,
      ]);
      if (depth < MAX_DEPTH) walk(one.get('components'), depth + 1);
    }
  };
  walk(json.get('components'), 0);
  const metadata = json.get('metadata');
  const tools = metadata.get('tools');
  // 1.5 has made an object of the list.
  const list = tools.isObject ? tools.get('components').list(50) : tools.list(50);
  const described = metadata.get('component');
  return {
    format: 'CycloneDX',
    version: json.get('specVersion').text ?? '',
    name: described.get('name').text,
    created: metadata.get('timestamp').text,
    creators: list.map((it) => [it.get('name').text, it.get('version').text].filter(Boolean).join(' ')),
    files: null,
    relationships: lengthOf(json.get('dependencies')),
    ...tableOf(rows, json.get('components')),
  };
}

function licensesOf(json: Lenient): string {
  return json
    .list(20)
    .flatMap(
      (it) =>
        it.get('expression').text ?? it.get('license', 'id').text ?? it.get('license', 'name').text ?? [],
    )
    .join(', ');
}

function readSyft(json: Lenient): BillOfMaterials {
  const all = json.get('artifacts');
  const rows = all.list(MAX_PACKAGES).map((one): Row => {
    const licenses = one.get('licenses').list(20);
    return [
      one.get('name').text ?? '',
      said(one.get('version')),
      one.get('type').text ?? '',
      licenses.flatMap((it) => it.text ?? it.get('value').text ?? []).join(', '),
      '',
      one.get('purl').text ?? '',
    ];
  });
  return {
    format: 'Syft',
    version: json.get('schema', 'version').text ?? '',
    name: json.get('source', 'name').text ?? json.get('source', 'target', 'userInput').text,
    created: null,
    creators: [`syft ${json.get('descriptor', 'version').text ?? ''}`.trim()],
    files: lengthOf(json.get('files')),
    relationships: lengthOf(json.get('artifactRelationships')),
    ...tableOf(rows, all),
  };
}

/** SPDX has two words for "nothing is said". */
function said({ text }: Lenient): string {
  return text === null || text === 'NOASSERTION' || text === 'NONE' ? '' : text;
}

const lengthOf = ({ value }: Lenient) => (Array.isArray(value) ? value.length : null);

/** By name, then version; those of one name stand together. */
function tableOf(rows: Row[], all: Lenient): { packages: PackageTable; isCut: boolean } {
  const key = ([name, version]: Row) => `${name.toLowerCase()}\u0000${version}`;
  const sorted = rows
    .map((row) => [key(row), row] as const)
    .sort(([a], [b]) => compareText(a, b))
    .map(([, row]) => row);
  const parts: string[] = [];
  const ends = new Uint32Array(rows.length * PACKAGE_FIELDS.length);
  let end = 0;
  let at = 0;
  for (const row of sorted) {
    for (const field of row) {
      const part = field.slice(0, MAX_FIELD);
      parts.push(part);
      ends[at++] = end += part.length;
    }
  }
  const packages = { count: rows.length, text: parts.join(''), ends };
  return { packages, isCut: (lengthOf(all) ?? 0) > MAX_PACKAGES || rows.length >= MAX_PACKAGES };
}
