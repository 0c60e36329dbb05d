import { fail } from '../base/problem.ts';
import type { Descriptor } from '../formats/descriptor.ts';
import { NO_ACCESS, type Access } from '../sources/access.ts';
import type { Place } from '../sources/place.ts';

/**
 * A place that is gone, of which only the root is known: a local file that this tab was not given, and whose content was
 * kept. `cached` reads it from the store alone; what is not there fails with `not-found` (`file`).
 */
export class AbsentSource implements Place {
  readonly #file: string;
  readonly #root: Descriptor;

  /** `file`: as the origin names it. */
  constructor(file: string, root: Descriptor) {
    this.#file = file;
    this.#root = root;
  }

  access(): Access {
    return NO_ACCESS;
  }

  async resolve(signal: AbortSignal): Promise<Descriptor> {
    await Promise.resolve();
    signal.throwIfAborted();
    return this.#root;
  }

  async open(): Promise<never> {
    await Promise.resolve();
    return fail({ code: 'not-found', what: 'file', name: this.#file });
  }
}
