/** A real server on loopback: what the tests of places speak to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bytes } from '../base/bytes.ts';

/** What a server was asked, in the order that it came. Names of headers are in lower case. */
export interface Heard {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** What goes wrong, for each request whose `METHOD /url` matches, `times` over (once where absent). */
export interface Fault {
  readonly on: RegExp;
  readonly times?: number;
  readonly fault:
    /** Answers this instead. */
    | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Bytes }
    /** Breaks the connection before the answer. */
    | { readonly hangUp: true }
    /** Breaks it after so many bytes of the body. */
    | { readonly cutAfter: number }
    /** Ends the body after so many bytes as if that were all of it: no length, no error. */
    | { readonly endAfter: number }
    /** Answers the whole where a part was asked for. */
    | { readonly ignoreRange: true }
    /** Gives no more than so many bytes of a part. */
    | { readonly shorten: number }
    /** Never answers. */
    | { readonly silence: true }
    /** Answers after so many milliseconds. */
    | { readonly late: number }
    /** Sends so many bytes of the body, and then nothing more, but holds the line. */
    | { readonly stallAfter: number }
    /** Says that the body has so many bytes, sends what it has, and ends the connection. */
    | { readonly claim: number };
}

export type Handler = (request: IncomingMessage, url: URL, body: Reply) => void;

export class HttpServer {
  static async start(handler: Handler): Promise<HttpServer> {
    const server = new HttpServer(handler);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  readonly heard: Heard[] = [];
  readonly #server: Server;
  #faults: { on: RegExp; left: number; fault: Fault['fault'] }[] = [];

  private constructor(handler: Handler) {
    this.#server = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      this.heard.push({ method, url, headers });
      const fault = this.#takeFault(`${method} ${url}`);
      const reply = new Reply(request, response, fault);
      if (fault !== null && 'hangUp' in fault) request.socket.destroy();
      else if (fault !== null && 'status' in fault)
        reply.send(fault.status, fault.body ?? '', fault.headers ?? {});
      else if (fault !== null && 'late' in fault)
        setTimeout(() => handler(request, new URL(url, this.origin), reply), fault.late);
      else if (fault === null || !('silence' in fault)) handler(request, new URL(url, this.origin), reply);
    });
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  /** Faults are taken in the order in which they were added. */
  break(...faults: Fault[]): void {
    this.#faults.push(...faults.map(({ on, times = 1, fault }) => ({ on, left: times, fault })));
  }

  /** What was heard since, one line each: `GET /v2/…`. */
  lines(): string[] {
    return this.heard.map(({ method, url }) => `${method} ${url}`);
  }

  /** As new: nothing heard, nothing broken. */
  reset(): void {
    this.heard.length = 0;
    this.#faults = [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #takeFault(line: string): Fault['fault'] | null {
    const found = this.#faults.find(({ on, left }) => left > 0 && on.test(line));
    if (found === undefined) return null;
    found.left--;
    return found.fault;
  }
}

/** An answer, with what is wrong with it. */
export class Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #fault: Fault['fault'] | null;

  constructor(request: IncomingMessage, response: ServerResponse, fault: Fault['fault'] | null) {
    this.#request = request;
    this.#response = response;
    this.#fault = fault;
  }

  /** Set for this answer, whatever becomes of it. */
  header(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  json(status: number, value: unknown, headers: Record<string, string> = {}): void {
    this.send(status, JSON.stringify(value), {
      'Content-Type': 'application/json; charset=utf-8',
      ...headers,
    });
  }

  send(status: number, body: string | Bytes = '', headers: Record<string, string> = {}): void {
    const bytes = Buffer.from(body);
    const fault = this.#fault;
    const response = this.#response;
    if (fault !== null && 'endAfter' in fault) {
      // Without a length, and a connection that is closed for the end of the body (RFC 9112, section 6.3).
      response.writeHead(status, { ...headers, Connection: 'close' });
      response.end(bytes.subarray(0, fault.endAfter));
      return;
    }
    if (fault !== null && 'claim' in fault) {
      response.writeHead(status, { ...headers, 'Content-Length': fault.claim });
      response.write(bytes, () => setTimeout(() => this.#request.socket.destroy(), 5));
      return;
    }
    response.writeHead(status, { 'Content-Length': bytes.length, ...headers });
    if (this.#request.method === 'HEAD') response.end();
    else if (fault !== null && 'cutAfter' in fault && fault.cutAfter < bytes.length) {
      // What is written has to be on its way before the line goes down.
      response.write(bytes.subarray(0, fault.cutAfter), () =>
        setTimeout(() => this.#request.socket.destroy(), 5),
      );
      if (fault.cutAfter === 0) response.flushHeaders();
    } else if (fault !== null && 'stallAfter' in fault) response.write(bytes.subarray(0, fault.stallAfter));
    else response.end(bytes);
  }

  /** Content of which a part may be asked for (RFC 9110, section 14). `openRanges: false`: answers 416 to `bytes=5-`. */
  content(bytes: Bytes, headers: Record<string, string> = {}, { openRanges = true } = {}): void {
    const range = /^bytes=(\d+)-(\d*)$/.exec(this.#request.headers.range ?? '');
    const fault = this.#fault;
    if (range === null || (fault !== null && 'ignoreRange' in fault)) {
      this.send(200, bytes, headers);
      return;
    }
    const start = Number(range[1]);
    const isOpen = range[2] === '';
    let end = isOpen ? bytes.length : Math.min(Number(range[2]) + 1, bytes.length);
    if (start >= bytes.length || (isOpen && !openRanges)) {
      this.send(416, '', { 'Content-Range': `bytes */${bytes.length}` });
      return;
    }
    if (fault !== null && 'shorten' in fault) end = Math.min(end, start + fault.shorten);
    const contentRange = `bytes ${start}-${end - 1}/${bytes.length}`;
    this.send(206, bytes.subarray(start, end), { ...headers, 'Content-Range': contentRange });
  }
}
