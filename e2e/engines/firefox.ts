/** Firefox by WebDriver BiDi (W3C), which it speaks itself at `--remote-debugging-port`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { NOT_OURS, VIEWPORT, type Browser, type Handle, type Role, type Start } from './browser.ts';

/** No first run, no updates, nothing asked of anybody; downloads without a question. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.download.folderList': 2,
  'browser.download.always_ask_before_handling_new_types': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.disable_open_during_load': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.enabled': false,
};

/** Milliseconds, on a machine that does other things too. */
const START_LIMIT = 20_000;

export async function startFirefox(command: string, { profile, downloads }: Start): Promise<Browser> {
  // Its private windows are of no interest so far: they have a disk too.
  if (profile === null) throw new Error('bug: Firefox is started with a profile');
  await mkdir(profile, { recursive: true });
  const preferences = { ...PREFERENCES, 'browser.download.dir': downloads };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profile, 'user.js'), lines.join(''));
  const child = spawn(
    command,
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'],
    // It will not run with the home of another user, as a container may have it.
    { env: { ...process.env, HOME: profile }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    const socket = new WebSocket(`${await addressOf(child)}/session`);
    await once(socket, 'open');
    const firefox = new Firefox(child, socket);
    await firefox.begin();
    return firefox;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Firefox is not ready:\n${said}`)), START_LIMIT);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      then();
    };
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const match = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
      if (match !== null) settle(() => resolve(match[1]!));
    });
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', () => settle(() => reject(new Error(`Firefox ended:\n${said}`))));
  });
}

/** An answer, or an event (WebDriver BiDi, section 3.2). */
interface Message {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly method?: string;
  readonly params?: { readonly level?: string; readonly text?: string | null };
}

type Evaluated =
  | { readonly type: 'success'; readonly result: { readonly value: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

class Firefox implements Browser {
  version = '';
  readonly errors: string[] = [];
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  #sent = 0;
  #context = '';

  constructor(child: ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.on('message', (data) => this.#hear(JSON.parse(String(data)) as Message));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox hung up'));
      this.#waiting.clear();
    });
  }

  async begin(): Promise<void> {
    const { capabilities } = await this.#send<{ capabilities: { browserVersion: string } }>('session.new', {
      capabilities: {},
    });
    this.version = `Firefox ${capabilities.browserVersion}`;
    await this.#send('session.subscribe', { events: ['log.entryAdded'] });
    const { contexts } = await this.#send<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
    this.#context = contexts[0]!.context;
    await this.#in('browsingContext.setViewport', { viewport: VIEWPORT });
  }

  async goto(url: string): Promise<void> {
    await this.#in('browsingContext.navigate', { url, wait: 'complete' });
  }

  async back(): Promise<void> {
    await this.#in('browsingContext.traverseHistory', { delta: -1 });
  }

  async evaluate<A extends readonly unknown[], R>(
    work: (...args: A) => R | Promise<R>,
    ...args: A
  ): Promise<R> {
    // As JSON, both ways: the protocol has its own idea of values.
    const expression = `(async () => JSON.stringify([await (${String(work)})(...${JSON.stringify(args)})]))()`;
    const evaluated = await this.#send<Evaluated>('script.evaluate', {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails.text);
    return (JSON.parse(evaluated.result.value) as [R])[0];
  }

  query(selector: string): Promise<Handle> {
    return this.#locate({ type: 'css', value: selector });
  }

  byRole(role: Role, name: string): Promise<Handle> {
    return this.#locate({ type: 'accessibility', value: { role, name } });
  }

  async click(element: Handle): Promise<void> {
    const origin = { type: 'element', element: { sharedId: element.id } };
    await this.#call(element, (it) => it.scrollIntoView({ block: 'nearest' }));
    await this.#in('input.performActions', {
      actions: [
        {
          type: 'pointer',
          id: 'mouse',
          actions: [
            { type: 'pointerMove', x: 0, y: 0, origin },
            { type: 'pointerDown', button: 0 },
            { type: 'pointerUp', button: 0 },
          ],
        },
      ],
    });
  }

  async fill(element: Handle, text: string): Promise<void> {
    const isFile = await this.#call(element, (it) => (it as HTMLInputElement).type === 'file');
    if (isFile) {
      await this.#in('input.setFiles', { element: { sharedId: element.id }, files: [text] });
      return;
    }
    await this.#call(element, (it) => {
      (it as HTMLInputElement).focus();
      (it as HTMLInputElement).select();
    });
    const keys = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await this.#in('input.performActions', { actions: [{ type: 'key', id: 'keys', actions: keys }] });
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.#in<{ data: string }>('browsingContext.captureScreenshot', {});
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#send('browser.close', {}).catch(() => {});
    await ended;
    clearTimeout(timer);
  }

  async #locate(locator: { readonly type: string; readonly value: unknown }): Promise<Handle> {
    const { nodes } = await this.#in<{ nodes: { sharedId: string }[] }>('browsingContext.locateNodes', {
      locator,
      maxNodeCount: 1,
    });
    if (nodes.length === 0) throw new Error(`Firefox finds no ${JSON.stringify(locator.value)}`);
    return { id: nodes[0]!.sharedId };
  }

  async #call<R>(element: Handle, work: (it: Element) => R): Promise<R> {
    const { result } = await this.#send<{ result: { value: R } }>('script.callFunction', {
      functionDeclaration: String(work),
      arguments: [{ sharedId: element.id }],
      target: { context: this.#context },
      awaitPromise: false,
    });
    return result.value;
  }

  #in<T>(method: string, params: object): Promise<T> {
    return this.#send<T>(method, { context: this.#context, ...params });
  }

  #send<T>(method: string, params: object): Promise<T> {
    const id = ++this.#sent;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #hear({ id, type, result, error, message, method, params }: Message): void {
    if (type === 'event') {
      const text = params?.text ?? '';
      if (method === 'log.entryAdded' && params?.level === 'error' && !NOT_OURS.test(text))
        this.errors.push(text);
      return;
    }
    const waiting = this.#waiting.get(id ?? 0);
    this.#waiting.delete(id ?? 0);
    if (type === 'error') waiting?.reject(new Error(`${error}: ${message}`));
    else waiting?.resolve(result);
  }
}
