/** What is installed, out of all that package managers wrote down of it. */
import { compareText } from '../../base/compare-text.ts';
import { concat, readable, utf8, type Bytes } from '../../base/bytes.ts';
import { Problem, type Failure } from '../../base/problem.ts';
import { readApkDatabase } from '../../formats/installed/apk.ts';
import { readDpkgList, readDpkgStatus, readMd5sums, type DpkgPackage } from '../../formats/installed/dpkg.ts';
import type { Package, PackageFiles } from '../../formats/installed/installed.ts';
import { readNpmPackage } from '../../formats/installed/npm.ts';
import { linesOf, PathRoom } from '../../formats/installed/path-list.ts';
import { readPythonMetadata, readPythonRecord } from '../../formats/installed/python.ts';
import { readRpmDatabase } from '../../formats/installed/rpm-database.ts';
import type { DatabaseRole } from './databases.ts';

/** What the system calls itself (os-release(5)). */
export interface SystemRelease {
  /** `debian`; empty where it does not say. So are the others. */
  readonly id: string;
  readonly version: string;
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
}

/** Plain data. */
export interface Installed {
  readonly system: SystemRelease | null;
  /** Those of the system first: where two claim a file, it belongs to the one that comes first. */
  readonly packages: readonly Package[];
  /** The paths of all, as `PackageFiles` has them, one package after the other. */
  readonly paths: Bytes;
  /** Where those of each package end in `paths`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** What could not be read. */
  readonly damaged: readonly { readonly path: string; readonly failure: Failure }[];
}

/** Takes the files one after the other, in any order. */
export class InstalledBuilder {
  #system: SystemRelease | null = null;
  readonly #dpkg: DpkgPackage[] = [];
  readonly #lists = new Map<string, Bytes>();
  readonly #others: PackageFiles[] = [];
  readonly #python = new Map<string, Package>();
  readonly #records = new Map<string, Bytes>();
  readonly #npm: PackageFiles[] = [];
  /** What all records together may say. */
  readonly #room = new PathRoom();
  readonly #damaged: { readonly path: string; readonly failure: Failure }[] = [];

  /** `bytes`: the whole file, which is not changed. */
  async add(role: DatabaseRole, path: string, bytes: Bytes): Promise<void> {
    try {
      await this.#read(role, bytes);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#damaged.push({ path, failure: error.failure });
    }
  }

  async #read(role: DatabaseRole, bytes: Bytes): Promise<void> {
    switch (role.kind) {
      case 'os-release':
        this.#system = readRelease(bytes);
        return;
      case 'dpkg':
        for (const found of readDpkgStatus(bytes)) this.#dpkg.push(found);
        return;
      case 'dpkg-list':
        this.#lists.set(role.name, readDpkgList(bytes));
        return;
      case 'dpkg-sums':
        this.#lists.set(role.name, readMd5sums(bytes));
        return;
      case 'apk':
        for (const found of readApkDatabase(bytes)) this.#others.push(found);
        return;
      case 'rpm':
        for (const found of await readRpmDatabase(bytes)) this.#others.push(found);
        return;
      case 'python': {
        const found = readPythonMetadata(bytes);
        if (found !== null) this.#python.set(role.key, found);
        return;
      }
      case 'python-record':
        this.#records.set(role.key, readPythonRecord(bytes, role.folder, this.#room));
        return;
      case 'npm': {
        const found = readNpmPackage(bytes);
        if (found !== null) this.#npm.push({ it: found, paths: utf8(`${role.folder}/\0`) });
      }
    }
  }

  finish(): Installed {
    const dpkg = this.#dpkg.map(({ it, lists }): PackageFiles => {
      const list = lists.find((name) => this.#lists.has(name));
      return { it, paths: list === undefined ? NO_PATHS : this.#lists.get(list)! };
    });
    const python = [...this.#python].map(([key, it]): PackageFiles => ({
      it,
      paths: this.#records.get(key) ?? NO_PATHS,
    }));
    const all = [...inOrder([...dpkg, ...this.#others]), ...inOrder([...python, ...this.#npm])];
    const ends = new Uint32Array(all.length);
    let end = 0;
    all.forEach(({ paths }, i) => (ends[i] = end += paths.length));
    return {
      system: this.#system,
      packages: all.map(({ it }) => it),
      paths: concat(all.map(({ paths }) => paths)),
      ends,
      damaged: this.#damaged,
    };
  }
}

const NO_PATHS: Bytes = new Uint8Array(0);

/** By name, then by version: whatever order the files came in. */
function inOrder(packages: PackageFiles[]): PackageFiles[] {
  return packages.sort(
    ({ it: a }, { it: b }) => compareText(a.name, b.name) || compareText(a.version, b.version),
  );
}

/** Shell assignments, quoted or not. */
function readRelease(bytes: Uint8Array): SystemRelease {
  const said = new Map<string, string>();
  for (const line of linesOf(bytes)) {
    const text = readable(line.subarray(0, MAX_LINE));
    const equals = text.indexOf('=');
    if (equals <= 0) continue;
    const value = text.slice(equals + 1).trim();
    const quote = value[0];
    const isQuoted = (quote === '"' || quote === "'") && value.length > 1 && value.endsWith(quote);
    said.set(text.slice(0, equals), isQuoted ? value.slice(1, -1) : value);
  }
  const get = (key: string) => said.get(key) ?? '';
  return { id: get('ID'), version: get('VERSION_ID'), name: get('PRETTY_NAME') || get('NAME') };
}

const MAX_LINE = 1024;
