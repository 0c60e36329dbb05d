/** Serves the build, as `npm start` does. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { preview } from 'vite';
import type { Server } from './fixtures/process.ts';
import { ROOT } from './fixtures/stage.ts';

/** `port`: the first to be tried. */
export async function servePage(port: number): Promise<Server> {
  const server = await preview({
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    appType: 'mpa',
    preview: { host: '127.0.0.1', port, strictPort: false },
  });
  const address = server.httpServer.address() as AddressInfo;
  return { host: `127.0.0.1:${address.port}`, stop: () => server.close() };
}
