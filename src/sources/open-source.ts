import { unreachable } from '../base/assert.ts';
import type { Access } from './access.ts';
import { LayoutSource } from './layout/layout-source.ts';
import type { Origin } from './origin.ts';
import type { Place } from './place.ts';
import { RegistrySource } from './registry/registry-source.ts';

/** The only switch over kinds of places. `access` is used where it was given for this origin, and nowhere else. */
export function openSource(origin: Origin, access: Access): Place {
  switch (origin.kind) {
    case 'registry':
      return new RegistrySource(origin, access);
    case 'layout':
      return new LayoutSource(origin);
    default:
      return unreachable(origin);
  }
}
