/** Registries that let no page read them: through the gateway of one's machine, by a mirror, by a recipe of the README. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { preview } from 'vite';
import { namedRegistries } from '../gateway/named.ts';
import { gateway } from '../gateway/plugin.ts';
import { expect, stage, test as base, type App } from './fixtures/app.ts';
import { startRegistry, USER } from './fixtures/registry.ts';
import { ROOT } from './fixtures/stage.ts';

interface Fixtures {
  /** The page as `npm start -- --allow …` serves it: its URL, with a final slash. */
  readonly started: (...allowed: string[]) => Promise<string>;
  /** A folder for one test. */
  readonly folder: string;
}

const test = base.extend<Fixtures>({
  started: async ({}, use) => {
    const servers: { close(): Promise<void> }[] = [];
    await use(async (...allowed) => {
      const server = await preview({
        configFile: false,
        root: join(ROOT, 'src'),
        build: { outDir: '../dist' },
        logLevel: 'warn',
        appType: 'mpa',
        plugins: [gateway({ named: namedRegistries(allowed) })],
        preview: { host: '127.0.0.1', port: 4573, strictPort: false },
      });
      servers.push(server);
      return `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`;
    });
    await Promise.all(servers.map((server) => server.close()));
  },
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'stratascope-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

const IMAGE = 'team/bedrock:1.4';
const summary = (page: Page) => page.getByRole('region', { name: 'Summary' });
const mirrorForm = (page: Page) => page.getByRole('form', { name: /Set a mirror/ });

async function useMirror(page: Page, url: string, button: RegExp | string): Promise<void> {
  await mirrorForm(page).getByLabel('URL of the mirror').fill(url);
  await mirrorForm(page).getByRole('button', { name: button }).click();
}

/** The token service that a registry names. */
async function tokenService(host: string): Promise<string> {
  const { headers } = await fetch(`http://${host}/v2/`);
  return new URL(/realm="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')![1]!).host;
}

test.describe('the gateway', () => {
  test('opens what no page may read, by its own name', async ({ app, page, started }) => {
    const { closed } = stage();
    await page.goto(`${await started(closed)}#image=${closed}/${IMAGE}`);
    await app.expectVerified();
    await expect(summary(page)).toContainText('through the gateway of this machine');
    expect(app.hash()).toBe(`#image=${closed}/${IMAGE}`);
    expect((await app.listing()).length).toBeGreaterThan(10);
  });

  test('leads to the token service, and takes a person’s name there', async ({
    app,
    page,
    faulty,
    started,
  }) => {
    const front = await faulty({ upstream: stage().token, cors: false });
    const address = await started(front.host, await tokenService(front.host));
    await page.goto(`${address}#image=${front.host}/public/bedrock:1.4`);
    await app.expectVerified();
    await app.type(`${front.host}/private/bedrock:1.4`);
    await app.expectFailure('unauthorized', /who you are/);
    const form = page.getByRole('form', { name: /Sign in/ });
    await form.getByRole('textbox', { name: 'User name' }).fill(USER.username);
    await form.getByLabel(/Password/).fill(USER.password);
    await form.getByRole('button', { name: /Sign in/ }).click();
    await app.expectVerified();
  });

  test('stops what a person cancels', async ({ app, page, faulty, started }) => {
    const host = await faulty({
      upstream: stage().closed,
      cors: false,
      faults: [{ when: /GET .*blobs/, how: { slow: 2000 } }],
    });
    await page.goto(`${await started(host.host)}#image=${host.host}/${IMAGE}`);
    await expect
      .poll(() => host.asked.filter(({ path }) => path.includes('/blobs/')).length)
      .toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await app.expectPhase('empty');
    await expect.poll(() => host.abandoned()).toBeGreaterThan(0);
  });

  test('says what keeps it from a registry', async ({ app, page, faulty, started }) => {
    const secret = await faulty({ upstream: stage().registry });
    const astray = await faulty({
      cors: false,
      faults: [{ when: /manifests/, how: { redirect: `http://${secret.host}` } }],
    });
    const address = await started(astray.host, '127.0.0.1:9');
    await page.goto(`${address}#image=${astray.host}/${IMAGE}`);
    await app.expectFailure('unreachable', /leads where the gateway does not go/);
    expect(secret.asked).toEqual([]);
    await app.type('127.0.0.1:9/app');
    await app.expectFailure('unreachable', /gave no answer/);
  });

  test('does not lead to this machine unless told to', async ({ app, page, started }) => {
    const { registry, closed } = stage();
    await page.goto(`${await started()}#image=${registry}/${IMAGE}`);
    await app.expectVerified();
    await expect(summary(page)).not.toContainText('gateway');
    await app.type(`${closed}/${IMAGE}`);
    await app.expectFailure('unreachable', /does not let this page read it/);
    await expect(page.getByText(`--allow ${closed}`)).toBeVisible();
  });

  test('is of no use to any other page', async ({ page, faulty, started }) => {
    const host = await faulty({});
    const address = await started(host.host);
    const url = `${address}gateway/${host.host}/v2/team/bedrock/tags/list`;
    const tryAll = (target: string) =>
      page.evaluate(async (url) => {
        const outcomes: string[] = [];
        for (const mode of ['cors', 'no-cors'] as const) {
          outcomes.push(
            await fetch(url, { mode }).then(
              ({ type }) => `${mode}: ${type}`,
              () => `${mode}: refused`,
            ),
          );
        }
        const picture = new Image();
        picture.src = url;
        outcomes.push(
          await picture.decode().then(
            () => 'picture: shown',
            () => 'picture: refused',
          ),
        );
        return outcomes;
      }, target);
    // Its own page, so that the test would notice if nobody could.
    await page.goto(address);
    expect(await page.evaluate((it) => fetch(it).then(({ status }) => status), url)).toBe(200);
    expect(host.asked).toHaveLength(1);
    const own = await page.request.get(url);
    expect(own.status()).toBe(403);

    // Pages of another port, and of another site, which no policy of ours holds back.
    const other = createServer((_, to) => {
      to.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Another page</title>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const otherPort = (other.address() as AddressInfo).port;
    for (const name of ['127.0.0.1', 'localhost']) {
      await page.goto(`http://${name}:${otherPort}/`);
      expect(await tryAll(url)).toEqual(['cors: refused', 'no-cors: refused', 'picture: refused']);
    }
    other.closeAllConnections();
    other.close();
    // A name that somebody has made lead here (DNS rebinding), and the page's own headers written by a program.
    const { port } = new URL(address);
    const status = await new Promise<number | undefined>((resolve) => {
      const headers = {
        host: `rebound.example:${port}`,
        'sec-fetch-site': 'same-origin',
        'sec-fetch-dest': 'empty',
        'sec-fetch-mode': 'cors',
      };
      const path = new URL(url).pathname;
      request({ host: '127.0.0.1', port, path, headers }, (answer) => resolve(answer.statusCode)).end();
    });
    expect(status).toBe(403);
    expect(host.asked).toHaveLength(1);
  });
});

test.describe('a mirror', () => {
  test('of one’s own: set where it is missed, tested, kept, removed', async ({ app, page }) => {
    const { closed, registry } = stage();
    const reference = `${closed}/${IMAGE}`;
    await app.open(reference);
    await app.expectFailure('unreachable', /CORS/);
    await useMirror(page, 'hub.example.org', 'Use it and retry');
    await expect(mirrorForm(page).getByRole('alert')).toContainText('https://');
    await useMirror(page, `http://${registry}/`, 'Test');
    await expect(page.getByRole('status', { name: 'Test of the mirror' })).toContainText(
      'This page can use it.',
    );
    await useMirror(page, `http://${registry}/`, 'Use it and retry');
    await app.expectVerified();
    await expect(summary(page)).toContainText(`through its mirror ${registry}`);
    expect(app.hash()).toBe(`#image=${reference}`);

    await page.getByRole('link', { name: 'Settings' }).click();
    await expect(page.getByRole('row', { name: new RegExp(closed) })).toContainText(`http://${registry}`);
    await page.reload();
    await page.getByRole('button', { name: `Remove your setting for ${closed}` }).click();
    await expect(page.getByRole('row')).toHaveCount(0);
    // Of the registry itself, and with nothing kept.
    await app.open(`${closed}/public/bedrock:1.4`);
    await app.expectFailure('unreachable', /CORS/);
  });

  test('that a page cannot use says which headers it lacks', async ({ page, app, faulty }) => {
    await app.goto('settings');
    const blobless = await faulty({ faults: [] });
    await page.route(`http://${blobless.host}/v2/**/blobs/**`, (route) => route.abort());
    for (const [url, says] of [
      [`http://${stage().closed}`, /does not let this page read it/],
      ['http://127.0.0.1:9', /Nothing answers there/],
      [`${stage().page}sample`, /no registry/],
      [`http://${blobless.host}`, /cannot use it yet[^]*Blobs can be read: no/],
    ] as const) {
      await mirrorForm(page).getByLabel('Registry').fill('docker.io');
      await useMirror(page, url, 'Test');
      await expect(page.getByRole('status', { name: 'Test of the mirror' })).toContainText(says);
    }
  });

  test('cannot lie', async ({ app, page, faulty }) => {
    const liar = await faulty({ faults: [{ when: /GET .*blobs/, how: { flip: 30 } }] });
    await app.open(`${stage().closed}/${IMAGE}`);
    await app.expectFailure('unreachable', /CORS/);
    await useMirror(page, `http://${liar.host}`, 'Use it and retry');
    await expect(app.alert).toHaveAttribute('data-failure', /digest-mismatch|malformed/);
    await expect(app.files).toHaveCount(0);
  });

  test('of whoever deploys the page, with the rest of config.json', async ({ app, page }) => {
    const { closed, registry } = stage();
    const config = {
      defaultRegistry: closed,
      mirrors: { [closed]: `http://${registry}` },
      sample: null,
      front: { title: 'Images of the tests', note: '<b>Ask Ann.</b>' },
    };
    await page.route('**/config.json', (route) => route.fulfill({ json: config }));
    await app.goto();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Images of the tests');
    await expect(page.getByText('<b>Ask Ann.</b>')).toBeVisible();
    await expect(page.getByText(/sample/i)).toHaveCount(0);
    await app.type(IMAGE);
    await app.expectVerified();
    await expect(summary(page)).toContainText(`through its mirror ${registry}`);
  });

  for (const [what, body, says] of [
    ['no JSON', '{"mirrors": ', /expected JSON/],
    ['another shape', '[1,2]', /expected an object/],
    [
      'a wrong mirror and a slip of the pen',
      '{"mirrors":{"docker.io":7},"miror":{}}',
      /mirrors\/docker\.io: expected the URL/,
    ],
  ] as const) {
    test(`config.json with ${what} is told, and breaks nothing`, async ({ app, page }) => {
      await page.route('**/config.json', (route) => route.fulfill({ body, contentType: 'application/json' }));
      await app.goto();
      await page.getByRole('link', { name: 'see the settings' }).click();
      await expect(page.getByRole('note', { name: /Mistakes/ })).toContainText(says);
      await app.type(`${stage().registry}/${IMAGE}`);
      await app.expectVerified();
    });
  }
});

test.describe('recipes', () => {
  test('a pull-through distribution in front of a registry without CORS', async ({ app, page, folder }) => {
    const cache = await startRegistry({
      storage: join(folder, 'storage'),
      folder,
      name: 'cache',
      cors: true,
      remote: `http://${stage().closed}`,
    });
    try {
      // As a registry of its own, and as the mirror of the one behind it.
      await app.open(`${cache.host}/${IMAGE}`);
      await app.expectVerified();
      await app.open(`${stage().closed}/public/bedrock:1.4`);
      await app.expectFailure('unreachable', /CORS/);
      await useMirror(page, `http://${cache.host}`, 'Use it and retry');
      await app.expectVerified();
    } finally {
      await cache.stop();
    }
  });

  test('a static image layout on any web host', async ({ app }) => {
    const sample = join(ROOT, 'public/sample');
    const server = createServer((from, to) => {
      to.setHeader('access-control-allow-origin', '*');
      try {
        to.end(readFileSync(join(sample, decodeURIComponent(from.url ?? '/').replaceAll('..', ''))));
      } catch {
        to.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await app.goto(`layout=http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await app.expectPhase('open');
      await app.expectVerified();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

test.describe('npm start', () => {
  // Node, vite and all begin anew.
  test.slow();

  /** What it prints until it has opened a browser, or says why not. */
  async function start(args: readonly string[], env: NodeJS.ProcessEnv, until: RegExp): Promise<string> {
    const child = spawn(process.execPath, ['scripts/start.mjs', '--no-build', ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
    try {
      return await new Promise<string>((resolve, reject) => {
        let text = '';
        const read = (piece: Buffer) => {
          text += String(piece);
          if (until.test(text)) resolve(text);
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.on('exit', () => (until.test(text) ? resolve(text) : reject(new Error(text))));
      });
    } finally {
      child.kill();
    }
  }

  test('opens the image that it is given in the browser', async ({ folder }) => {
    const told = join(folder, 'told');
    const browser = join(folder, 'browser');
    writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${told}'\n`);
    chmodSync(browser, 0o755);
    const text = await start(['nginx:1.27'], { BROWSER: browser }, /#image=nginx/);
    await expect
      .poll(() => {
        try {
          return readFileSync(told, 'utf8');
        } catch {
          return '';
        }
      })
      .toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#image=nginx:1\.27$/);
    expect(text).toContain(readFileSync(told, 'utf8'));
  });

  test('says what it cannot do', async () => {
    const none = { BROWSER: '', DISPLAY: '', WAYLAND_DISPLAY: '' };
    expect(await start(['nginx'], none, /could be opened/)).toContain('there is no display here');
    expect(await start(['Nginx:'], none, /npm start --/)).toContain('not an image reference');
  });
});

export type { App };
