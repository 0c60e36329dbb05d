/**
 * Whom the gateway answers: requests that the page which it serves makes with `fetch`, and nobody else. Another page must
 * not be able to use it, whatever name it has given this machine (DNS rebinding), nor must anything be loaded from it as a
 * document, a picture or a script.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface Asking {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Both ends of the connection. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly localPort: number;
}

/** Why not, or null. */
export function refusal({ method, headers, remoteAddress, localAddress, localPort }: Asking): string | null {
  if (!isLoopback(remoteAddress) || !isLoopback(localAddress)) return 'not from this machine';
  const host = headers.host ?? '';
  if (!hostsAt(localPort).includes(host)) return 'not by its own address';
  if (method !== 'GET' && method !== 'HEAD') return 'neither GET nor HEAD';
  // Fetch Metadata: a page cannot write these, and every browser that this app runs in sends them.
  if (headers['sec-fetch-site'] !== 'same-origin') return 'not from its own page';
  if (headers['sec-fetch-dest'] !== 'empty') return 'not by fetch';
  if (!/^(?:cors|same-origin)$/.test(String(headers['sec-fetch-mode']))) return 'not by fetch';
  const { origin } = headers;
  return origin === undefined || origin === `http://${host}` ? null : 'from another origin';
}

/** What a browser writes into `Host` for an address of this machine. */
function hostsAt(port: number): string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`));
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address) || address === '::1';
}
