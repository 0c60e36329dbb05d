/** What is set where nobody has set anything, and the names of what may be. What reads more of it comes later. */
import { DOCKER_HUB } from '../formats/reference.ts';

export interface Deployment {
  readonly defaultRegistry: string;
  /** Registry to base URL, as a Route has it. */
  readonly mirrors: ReadonlyMap<string, string>;
  /** Null: there is none to offer. */
  readonly sample: string | null;
  readonly front: Readonly<Partial<Record<FrontText, string>>>;
}

export const FRONT_TEXTS = ['title', 'lead', 'note'] as const;
export type FrontText = (typeof FRONT_TEXTS)[number];

export const PLAIN_DEPLOYMENT: Deployment = {
  defaultRegistry: DOCKER_HUB,
  mirrors: new Map(),
  sample: 'sample/',
  front: {},
};

/** What of the browser is used here: localStorage, which some browsers refuse. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where a person's own mirrors are kept there. */
export const MIRRORS_KEY = 'stratascope.mirrors';
/** In the place of a mirror: the registry itself, whatever the deployer says. */
export const ITSELF = 'direct';
