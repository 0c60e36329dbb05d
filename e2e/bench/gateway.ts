/** The way through the gateway, as a ratio to the direct one: the same image of the same storage, opened in turns. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { preview } from 'vite';
import { namedRegistries } from '../../gateway/named.ts';
import { gateway } from '../../gateway/plugin.ts';
import { startRegistry } from '../fixtures/registry.ts';
import { ROOT } from '../fixtures/stage.ts';
import { inPage, openImage, type Opening } from './page.ts';
import { median, seconds, table, times } from './table.ts';

/** Of the direct rate, at least. */
const AIM = 0.8;

export async function benchGateway(
  browser: Browser,
  { storage, folder, image, runs }: { storage: string; folder: string; image: string; runs: number },
): Promise<void> {
  const closed = await startRegistry({ storage, folder, name: 'bench-closed', cors: false });
  const open = await startRegistry({ storage, folder, name: 'bench-open', cors: true });
  const server = await preview({
    configFile: false,
    root: join(ROOT, 'src'),
    build: { outDir: '../dist' },
    logLevel: 'warn',
    appType: 'mpa',
    plugins: [gateway({ named: namedRegistries([closed.host]) })],
    preview: { host: '127.0.0.1', port: 4473, strictPort: false },
  });
  try {
    const address = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`;
    const direct: Opening[] = [];
    const through: Opening[] = [];
    for (let run = 0; run < runs; run++) {
      direct.push(await inPage(browser, address, (page) => openImage(page, `${open.host}/${image}`)));
      through.push(await inPage(browser, address, (page) => openImage(page, `${closed.host}/${image}`)));
    }
    const of = (all: readonly Opening[], what: 'tree' | 'verified') => median(all.map((it) => it[what]));
    console.log('\nThrough the gateway');
    table([
      ['', 'direct', 'through', 'of the direct rate', 'aim'],
      ...(['tree', 'verified'] as const).map((what) => {
        const ratio = of(direct, what) / of(through, what);
        return [what, seconds(of(direct, what)), seconds(of(through, what)), ratio.toFixed(2), `≥ ${AIM}`];
      }),
    ]);
    console.log(
      `runs (s), tree: direct ${times(direct.map((it) => it.tree))}; through ${times(through.map((it) => it.tree))}`,
    );
  } finally {
    await Promise.all([server.close(), closed.stop(), open.stop()]);
  }
}
