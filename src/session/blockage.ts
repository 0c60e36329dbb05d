/** Why a browser gave a page no answer, as far as a page can find out. */
import { isLoopback } from '../sources/registry/api-host.ts';

export type Blockage =
  /** This machine has no network. */
  | 'offline'
  /** A page on https may not ask an address on http. */
  | 'mixed-content'
  /** The browser asks a person before a page of the internet may reach this machine or its network; the answer was no. */
  | 'network-denied'
  /** The same, and nobody has answered yet. */
  | 'network-asked'
  /** Something is there, and does not let pages of other sites read it. */
  | 'no-cors'
  /** A request that needs no permission was not answered either. */
  | 'silent';

/** What of the browser is looked at. */
export interface BrowserFacts {
  /** URL of the page. */
  readonly page: string;
  readonly onLine: boolean;
  /** The state of a permission, or null where the browser knows none of that name. */
  readonly permission: (name: string) => Promise<PermissionState | null>;
}

/** `alive`: whether an opaque probe of `url` reached anything. */
export async function blockageOf(
  url: string,
  alive: boolean,
  { page, onLine, permission }: BrowserFacts,
): Promise<Blockage> {
  if (alive) return 'no-cors';
  const target = new URL(url);
  const from = new URL(page);
  const isNear = isLoopback(target) || isLocalName(target.hostname);
  if (!onLine && !isLoopback(target)) return 'offline';
  // Loopback is let through by all but Safari; where the browser asks a person, that is what stands in the way.
  if (isNear && !isLoopback(from) && from.protocol === 'https:') {
    const states = await Promise.all(namesFor(target).map(permission));
    const state = states.find((it) => it !== null) ?? null;
    if (state === 'denied') return 'network-denied';
    if (state === 'prompt') return 'network-asked';
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') return 'mixed-content';
  return 'silent';
}

/** Local Network Access: one permission in Chrome 142, two since 145. */
function namesFor(target: URL): string[] {
  return [isLoopback(target) ? 'loopback-network' : 'local-network', 'local-network-access'];
}

/** Names and numbers that are of one's own network, as far as can be seen from them. */
function isLocalName(hostname: string): boolean {
  if (/^(?:10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}$/.test(hostname)) return true;
  if (/^\[f[cde]/.test(hostname)) return true;
  return !hostname.includes('.') || /\.(?:local|lan|internal|home\.arpa|localhost)$/.test(hostname);
}

export function browserFacts(): BrowserFacts {
  return {
    page: location.href,
    onLine: navigator.onLine,
    permission: async (name) => {
      try {
        // Names that the types do not have yet.
        return (await navigator.permissions.query({ name: name as PermissionName })).state;
      } catch {
        return null;
      }
    },
  };
}
