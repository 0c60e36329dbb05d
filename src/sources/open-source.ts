import { unreachable } from '../base/assert.ts';
import { fail } from '../base/problem.ts';
import type { Access } from './access.ts';
import { ArchiveSource } from './archive/archive-source.ts';
import { LayoutSource } from './layout/layout-source.ts';
import type { Origin } from './origin.ts';
import { PATIENCE, type OnWait } from './http/patience.ts';
import type { Place } from './place.ts';
import { RegistrySource } from './registry/registry-source.ts';

/**
 * The only switch over kinds of places. `access` is used where it was given for this origin, and nowhere else; `onWait` is
 * told what a person is waiting for besides bytes.
 * Fails with `not-found` for a local file that this tab does not have.
 */
export function openSource(origin: Origin, access: Access, onWait?: OnWait): Place {
  const patience = onWait === undefined ? PATIENCE : { ...PATIENCE, onWait };
  switch (origin.kind) {
    case 'registry':
      return new RegistrySource(origin, access, patience);
    case 'layout':
      return new LayoutSource(origin, patience);
    case 'local': {
      const { archive } = access;
      if (archive === undefined) return fail({ code: 'not-found', what: 'file', name: origin.file });
      return new ArchiveSource(origin, archive);
    }
    default:
      return unreachable(origin);
  }
}
