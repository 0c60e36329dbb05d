/** WebKitGTK by WebDriver (W3C), which WebKitWebDriver speaks. It is no Safari: the engine is Apple's, what is around it is not. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NOT_OURS, VIEWPORT, type Browser, type Handle, type Role, type Start } from './browser.ts';

const WINDOW = join(import.meta.dirname, 'webkit-window.py');

/** WebDriver, section 12.3: the key of a reference to an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Milliseconds, on a machine that does other things too. */
const START_LIMIT = 20_000;

const CANDIDATES: Readonly<Record<Role, string>> = {
  button: 'button, [role=button]',
  textbox: 'input, textarea, [role=textbox]',
  treegrid: '[role=treegrid]',
};

/** `display`: of an X server. */
export async function startWebKit(display: string, { profile, downloads }: Start): Promise<Browser> {
  const port = await freePort();
  const child = spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const webkit = new WebKit(child, `http://127.0.0.1:${port}`);
    await webkit.begin(profile === null ? [downloads] : [downloads, profile]);
    return webkit;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

class WebKit implements Browser {
  version = '';
  readonly errors: string[] = [];
  readonly #child: ChildProcess;
  readonly #driver: string;
  #session = '';

  constructor(child: ChildProcess, driver: string) {
    this.#child = child;
    this.#driver = driver;
    // What the window says on the console goes through its driver.
    let rest = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop()!;
      for (const line of lines)
        if (/^CONSOLE \w+ ERROR/.test(line) && !NOT_OURS.test(line)) this.errors.push(line);
    });
  }

  async begin(args: readonly string[]): Promise<void> {
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: WINDOW, args } } };
    const end = Date.now() + START_LIMIT;
    for (;;) {
      try {
        const answer = await fetch(`${this.#driver}/status`);
        await answer.body?.cancel();
        break;
      } catch (error) {
        if (Date.now() > end || this.#child.exitCode !== null) throw error;
        await delay(50);
      }
    }
    const session = await this.#ask<{ sessionId: string; capabilities: { browserVersion: string } }>(
      'POST',
      '/session',
      { capabilities },
    );
    this.#session = `/session/${session.sessionId}`;
    this.version = `WebKitGTK ${session.capabilities.browserVersion}`;
    await this.#post('/window/rect', { x: 0, y: 0, ...VIEWPORT });
  }

  async goto(url: string): Promise<void> {
    await this.#post('/url', { url });
  }

  async back(): Promise<void> {
    await this.#post('/back', {});
  }

  async evaluate<A extends readonly unknown[], R>(
    work: (...args: A) => R | Promise<R>,
    ...args: A
  ): Promise<R> {
    const script = `const [args, done] = arguments;
      (async () => done({ value: JSON.stringify([await (${String(work)})(...JSON.parse(args))]) }))()
        .catch((error) => done({ error: String(error) }));`;
    const { value, error } = await this.#post<{ value?: string; error?: string }>('/execute/async', {
      script,
      args: [JSON.stringify(args)],
    });
    if (value === undefined) throw new Error(error);
    return (JSON.parse(value) as [R])[0];
  }

  async query(selector: string): Promise<Handle> {
    const found = await this.#all(selector);
    if (found.length === 0) throw new Error(`WebKit finds no ${selector}`);
    return found[0]!;
  }

  async byRole(role: Role, name: string): Promise<Handle> {
    for (const element of await this.#all(CANDIDATES[role])) {
      const [itsRole, itsName] = await Promise.all(
        ['computedrole', 'computedlabel'].map((what) => this.#get<string>(`/element/${element.id}/${what}`)),
      );
      if (itsRole === role && itsName === name) return element;
    }
    throw new Error(`WebKit finds no ${role} “${name}”`);
  }

  async click({ id }: Handle): Promise<void> {
    await this.#post(`/element/${id}/click`, {});
  }

  async fill({ id }: Handle, text: string): Promise<void> {
    if (!text.startsWith('/')) await this.#post(`/element/${id}/clear`, {});
    await this.#post(`/element/${id}/value`, { text });
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.#get<string>('/screenshot'), 'base64');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    await this.#ask('DELETE', this.#session).catch(() => {});
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(timer);
  }

  async #all(selector: string): Promise<Handle[]> {
    const found = await this.#post<Record<string, string>[]>('/elements', {
      using: 'css selector',
      value: selector,
    });
    return found.map((element) => ({ id: element[ELEMENT]! }));
  }

  #get<T>(path: string): Promise<T> {
    return this.#ask<T>('GET', `${this.#session}${path}`);
  }

  #post<T>(path: string, body: object): Promise<T> {
    return this.#ask<T>('POST', `${this.#session}${path}`, body);
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.#driver}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`WebKit: ${value.error}: ${value.message ?? ''}`);
    return value;
  }
}
