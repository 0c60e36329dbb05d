/** Before the first journey: images, registries, the page. All of it on loopback, all of it stopped afterwards. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startFaultProxy } from './fixtures/fault-proxy.ts';
import type { Server } from './fixtures/process.ts';
import { startRegistry } from './fixtures/registry.ts';
import { makeImages, ROOT, setStage } from './fixtures/stage.ts';
import { certificateIn, SERVICE, startTokenService } from './fixtures/token-service.ts';
import { servePage } from './serve-page.ts';

export default async function setUp(): Promise<() => Promise<void>> {
  if (!existsSync(join(ROOT, 'dist/index.html'))) throw new Error('There is no build yet: npm run build');
  const servers: Server[] = [];
  const started = async <S extends Server>(server: Promise<S>): Promise<S> => {
    servers.push(await server);
    return server;
  };
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const { storage, listings, local } = await makeImages();
    const folder = join(ROOT, '.cache/servers');
    const base = { storage, folder };
    const certificate = await certificateIn(folder);
    const tokens = await started(startTokenService(certificate));
    const token = {
      realm: `http://${tokens.host}/token`,
      service: SERVICE,
      certificate: certificate.certificate,
    };
    const [registry, closed, basic, guarded] = await Promise.all([
      started(startRegistry({ ...base, name: 'open', cors: true })),
      started(startRegistry({ ...base, name: 'closed', cors: false })),
      started(startRegistry({ ...base, name: 'basic', cors: true, auth: 'basic' })),
      started(startRegistry({ ...base, name: 'token', cors: true, auth: token })),
    ]);
    // docker-registry answers a preflight 401 as soon as it asks for anything (distribution, issue 4458).
    const [basicFront, tokenFront] = await Promise.all([
      started(startFaultProxy({ upstream: basic.host })),
      started(startFaultProxy({ upstream: guarded.host })),
    ]);
    const page = await started(servePage(4273));
    setStage({
      page: `http://${page.host}/`,
      registry: registry.host,
      closed: closed.host,
      basic: basicFront.host,
      unfronted: basic.host,
      token: tokenFront.host,
      listings,
      local,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
