/** Asks registries, and whoever they redirect to, on the page's behalf: a GET or HEAD to an address that was looked at. */
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { apiOrigin } from '../src/sources/registry/api-host.ts';
import type { GatewayFault } from '../src/base/problem.ts';
import { isPublic } from './addresses.ts';

/** Registries redirect once, some twice (to a region, then to storage). */
const MAX_REDIRECTS = 5;
/** Bytes. Signed addresses and tokens take kilobytes; Node's own limit is 16 KiB. */
const MAX_HEADERS = 64 * 1024;
/** Milliseconds until the answer begins: a pull-through registry may fetch first. */
const ANSWER_MS = 60_000;
/** Milliseconds without a byte of a body. */
const IDLE_MS = 60_000;
/** Bytes. */
const SHORT = 16 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** It could not be asked, or must not be. */
export class Fault extends Error {
  readonly fault: GatewayFault;

  constructor(fault: GatewayFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** As `dns.lookup`, asked for all addresses. */
export type Lookup = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface UpstreamOptions {
  /** Registries that may be of this machine or its network: the domain of each, and the origin that it is spoken to at. */
  readonly named: ReadonlyMap<string, string>;
  /** For tests: the names of the internet, its addresses, and its certificates. */
  readonly lookup?: Lookup;
  readonly isOpen?: (address: string) => boolean;
  readonly ca?: string;
}

export interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Goes to the origin that was asked, and to nobody it redirects to. */
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly message: IncomingMessage;
  /** Whether it is of the origin that was asked, and no redirect led elsewhere. */
  readonly isOwn: boolean;
}

export class Upstream {
  readonly #named: ReadonlyMap<string, string>;
  readonly #isOpen: (address: string) => boolean;
  readonly #lookup: Lookup;
  readonly #ca: string | undefined;
  // Connections of the two kinds are never shared: one to a named host was not looked at.
  readonly #open = agents();
  readonly #trusted = agents();

  constructor({ named, lookup = dnsLookup, isOpen = isPublic, ca }: UpstreamOptions) {
    this.#named = named;
    this.#lookup = lookup;
    this.#isOpen = isOpen;
    this.#ca = ca;
  }

  close(): void {
    for (const { http, https } of [this.#open, this.#trusted]) {
      http.destroy();
      https.destroy();
    }
  }

  /** Scheme, host and port of its API. Fails with a Problem for a domain that no URL can have. */
  originOf(registry: string): string {
    return this.#named.get(registry) ?? apiOrigin(registry);
  }

  /** Fails with a Fault where the registry may not be asked, or its name leads nowhere. */
  async look(registry: string): Promise<void> {
    const url = new URL(this.originOf(registry));
    if (this.#isNamed(url.origin)) return;
    const name = this.#admit(url);
    if (name === null) return;
    await new Promise<void>((resolve, reject) => {
      this.#openLookup(name, { all: true }, (error) => (error === null ? resolve() : reject(faultOf(error))));
    });
  }

  /**
   * Follows redirects. Fails with a Fault; an abort rejects with what Node makes of it. `registry`: on whose behalf. Only one that
   * is named itself leads to what is named: a stranger's token service may well be said to be there.
   */
  async ask(registry: string, start: URL, question: Question): Promise<Answer> {
    const mayBeNamed = this.#named.has(registry) && this.#isNamed(start.origin);
    const seen = new Set<string>();
    let { authorization } = question;
    let url = start;
    for (let redirects = 0; ; redirects++) {
      const isNamed = mayBeNamed && this.#isNamed(url.origin);
      if (!isNamed) this.#admit(url);
      // Once left, it is not taken up again, also where the way leads back.
      if (url.origin !== start.origin) authorization = undefined;
      const headers = authorization === undefined ? question.headers : { ...question.headers, authorization };
      const message = await this.#send(url, { ...question, headers }, isNamed);
      const { location } = message.headers;
      if (!REDIRECTS.has(message.statusCode ?? 0) || location === undefined) {
        return { message, isOwn: url.origin === start.origin };
      }
      letGo(message);
      seen.add(url.href);
      if (!URL.canParse(location, url.href)) throw new Fault('bad-redirect', 'redirects to no address');
      url = new URL(location, url);
      url.hash = '';
      if (seen.has(url.href)) throw new Fault('redirect-loop', 'redirects in a circle');
      if (redirects >= MAX_REDIRECTS) throw new Fault('too-many-redirects', 'redirects without an end');
    }
  }

  #isNamed(origin: string): boolean {
    for (const named of this.#named.values()) if (named === origin) return true;
    return false;
  }

  /** Of an address that nobody has named: fails unless it can be one of the internet. Its name, or null for a number. */
  #admit(url: URL): string | null {
    if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
      throw new Fault('bad-redirect', `${url.protocol}//${url.host} is not asked: only https is`);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) === 0) return host;
    if (!this.#isOpen(host)) throw notPublic(host);
    return null;
  }

  /** As `dns.lookup`, of what may be connected to: what is looked at is what is connected to. */
  readonly #openLookup = (
    name: string,
    options: LookupOptions,
    done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    this.#lookup(name, { ...options, all: true }, (error, all) => {
      if (error !== null) return done(error, []);
      const open = all.filter(({ address }) => this.#isOpen(address));
      const [first] = open;
      if (first === undefined) return done(notPublic(name), []);
      if (options.all) done(null, open);
      else done(null, first.address, first.family);
    });
  };

  async #send(
    url: URL,
    { method, headers, signal }: Omit<Question, 'authorization'>,
    isNamed: boolean,
  ): Promise<IncomingMessage> {
    const isHttps = url.protocol === 'https:';
    const { http, https } = isNamed ? this.#trusted : this.#open;
    const options = {
      method,
      // Anything else, and neither its length nor a part of it would be that of the content.
      headers: { 'user-agent': 'stratascope', ...headers, 'accept-encoding': 'identity' },
      signal,
      maxHeaderSize: MAX_HEADERS,
      agent: isHttps ? https : http,
      ...(isNamed ? {} : { lookup: this.#openLookup }),
      ...(this.#ca !== undefined && { ca: this.#ca }),
    };
    for (let isSecond = false; ; isSecond = true) {
      const request = isHttps ? httpsRequest(url, options) : httpRequest(url, options);
      try {
        return await answerOf(request);
      } catch (error) {
        // Kept open, and closed by the other side just now: nobody has answered yet, and a GET may be sent again.
        if (!isSecond && !signal.aborted && request.reusedSocket && codeOf(error) === 'ECONNRESET') continue;
        throw faultOf(error);
      }
    }
  }
}

function answerOf(request: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const tooLate = () => request.destroy(new Fault('timeout', 'no answer in time'));
    const timer = setTimeout(tooLate, ANSWER_MS);
    request.setTimeout(IDLE_MS, tooLate);
    request.on('error', reject);
    // Also where nothing was answered that a request can be answered with.
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new Fault('malformed-answer', 'answers in another protocol'));
    });
    request.on('close', () => {
      clearTimeout(timer);
      reject(new Fault('no-answer', 'hung up'));
    });
    request.on('response', (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    request.end();
  });
}

/** What nobody reads: a short one is read to its end, so that its connection serves the next request. */
function letGo(message: IncomingMessage): void {
  const length = Number(message.headers['content-length'] ?? NaN);
  if (length <= SHORT) message.resume();
  else message.destroy();
}

function agents() {
  const options = { keepAlive: true, maxSockets: 16, maxFreeSockets: 8, timeout: IDLE_MS };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

function notPublic(host: string): Fault {
  return new Fault('private-address', `${host} is of this machine or its network`);
}

function codeOf(error: unknown): string {
  const { code = '' } = error as { code?: unknown };
  return String(code);
}

const NO_ANSWER = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;

function faultOf(error: unknown): unknown {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const because = (fault: GatewayFault) => new Fault(fault, (error as Error).message || code);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return because('no-such-host');
  if (NO_ANSWER.test(code)) return because('no-answer');
  if (code === 'ETIMEDOUT') return because('timeout');
  if (code.startsWith('HPE_')) return because('malformed-answer');
  // OpenSSL's names of what is wrong with a certificate, and Node's of what is wrong with TLS.
  if (/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code)) return because('certificate');
  return error;
}
