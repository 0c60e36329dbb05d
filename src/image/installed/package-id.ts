/** What an address calls a package of an image: the same in each image that has it. */
import type { Package } from '../../formats/installed/installed.ts';

/** What belongs to no package. */
export const NO_PACKAGE = 'none';

/** `deb:openssl@3.0.11-1`; the second that would be called so ends with `#2`. */
export class PackageIds {
  readonly #ids: string[] = [];
  readonly #places = new Map<string, number>();

  constructor(packages: readonly Package[]) {
    const counts = new Map<string, number>();
    for (const { type, name, version } of packages) {
      const plain = `${type}:${name}@${version}`;
      const count = (counts.get(plain) ?? 0) + 1;
      counts.set(plain, count);
      const id = count === 1 ? plain : `${plain}#${count}`;
      this.#places.set(id, this.#ids.length);
      this.#ids.push(id);
    }
  }

  id(place: number): string {
    return this.#ids[place]!;
  }

  /** Null where there is none of that name. */
  place(id: string): number | null {
    return this.#places.get(id) ?? null;
  }
}
