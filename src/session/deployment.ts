/**
 * What whoever deploys the page may set: `config.json` beside it, of which each key may be left out.
 *
 *     {
 *       "defaultRegistry": "docker.io",                        of names that have none
 *       "mirrors": { "docker.io": "https://hub.example.org" }, who answers for a registry, with CORS
 *       "sample": "sample/",                                   URL of an image layout, or null for none
 *       "front": { "title": "…", "lead": "…", "note": "…" }    texts of the start page
 *     }
 *
 * What is wrong in it is passed over and named; the rest counts. No shape of it keeps the page from working.
 */
import { isDomain } from '../formats/reference.ts';
import { baseUrl } from '../sources/registry/reach.ts';
import {
  FRONT_TEXTS,
  ITSELF,
  MIRRORS_KEY,
  PLAIN_DEPLOYMENT,
  type Deployment,
  type FrontText,
  type Shelf,
} from './plain-deployment.ts';

export interface ConfigFault {
  /** A JSON pointer (RFC 6901); empty for all of it. */
  readonly pointer: string;
  readonly expected: 'json' | 'object' | 'registry' | 'mirror' | 'text' | 'layout' | 'nothing' | 'less';
  /** What stands there, as JSON, cut short. */
  readonly found: string;
}

/** UTF-16 code units of the whole file. */
const CONFIG_LIMIT = 64 * 1024;
/** Of one text. */
const TEXT_LIMIT = 600;
const FOUND_LIMIT = 80;

/** Never fails. */
export function parseDeployment(text: string): {
  readonly deployment: Deployment;
  readonly faults: readonly ConfigFault[];
} {
  const faults: ConfigFault[] = [];
  const refuse = (pointer: string, expected: ConfigFault['expected'], value: unknown) => {
    faults.push({ pointer, expected, found: shortened(value) });
  };
  const nothing = { deployment: PLAIN_DEPLOYMENT, faults };
  if (text.length > CONFIG_LIMIT) {
    refuse('', 'less', text.length);
    return nothing;
  }
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    faults.push({ pointer: '', expected: 'json', found: text.slice(0, FOUND_LIMIT) });
    return nothing;
  }
  const members = membersOf(root);
  if (members === null) {
    refuse('', 'object', root);
    return nothing;
  }

  let { defaultRegistry, mirrors, sample, front } = PLAIN_DEPLOYMENT;
  for (const [key, value] of members) {
    const at = `/${escaped(key)}`;
    switch (key) {
      case 'defaultRegistry':
        if (typeof value === 'string' && isDomain(value)) defaultRegistry = value;
        else refuse(at, 'registry', value);
        break;
      case 'sample':
        if (value === null || (typeof value === 'string' && value !== '')) sample = value;
        else refuse(at, 'layout', value);
        break;
      case 'mirrors': {
        const entries = membersOf(value);
        if (entries === null) refuse(at, 'object', value);
        else mirrors = parseMirrors(entries, at, refuse);
        break;
      }
      case 'front': {
        const entries = membersOf(value);
        if (entries === null) refuse(at, 'object', value);
        else front = parseFront(entries, at, refuse);
        break;
      }
      default:
        // A slip of the pen, most likely: it would do nothing, and nobody would know why.
        if (!key.startsWith('$')) refuse(at, 'nothing', value);
    }
  }
  return { deployment: { defaultRegistry, mirrors, sample, front }, faults };
}

type Refuse = (pointer: string, expected: ConfigFault['expected'], value: unknown) => void;

function parseMirrors(
  entries: readonly (readonly [string, unknown])[],
  at: string,
  refuse: Refuse,
): ReadonlyMap<string, string> {
  const mirrors = new Map<string, string>();
  for (const [registry, value] of entries) {
    const pointer = `${at}/${escaped(registry)}`;
    const base = typeof value === 'string' ? baseUrl(value) : null;
    if (!isDomain(registry)) refuse(pointer, 'registry', registry);
    else if (base === null) refuse(pointer, 'mirror', value);
    else mirrors.set(registry, base);
  }
  return mirrors;
}

function parseFront(
  entries: readonly (readonly [string, unknown])[],
  at: string,
  refuse: Refuse,
): Deployment['front'] {
  const front: Partial<Record<FrontText, string>> = {};
  for (const [key, value] of entries) {
    const name = FRONT_TEXTS.find((it) => it === key);
    const pointer = `${at}/${escaped(key)}`;
    if (name === undefined) refuse(pointer, 'nothing', value);
    else if (typeof value !== 'string') refuse(pointer, 'text', value);
    else if (value.length > TEXT_LIMIT) refuse(pointer, 'less', value.length);
    else if (value.trim() !== '') front[name] = value.trim();
  }
  return front;
}

/** Of an object as JSON has it; null for anything else. */
function membersOf(value: unknown): [string, unknown][] | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
}

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function shortened(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= FOUND_LIMIT ? text : `${text.slice(0, FOUND_LIMIT)}…`;
}

/** A person's own mirrors, by registry; what is wrong there is passed over. */
export function readOwnMirrors(shelf: Shelf | null): ReadonlyMap<string, string> {
  let members;
  try {
    members = membersOf(JSON.parse(shelf?.getItem(MIRRORS_KEY) ?? '{}')) ?? [];
  } catch {
    return new Map();
  }
  const isItself = ([, value]: [string, unknown]) => value === ITSELF;
  const mirrors = parseMirrors(
    members.filter((it) => !isItself(it)),
    '',
    () => {},
  );
  return new Map([...mirrors, ...members.filter(isItself).map(([registry]) => [registry, ITSELF] as const)]);
}
