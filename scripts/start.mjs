/** `npm start`: from a fresh clone to the app on loopback with its sample image. Needs Node only. */
import { installPackages, ROOT } from './packages.mjs';

const PORT = 4173;

installPackages();
// Only now are they there for sure.
const { build, preview } = await import('vite');
const configFile = `${ROOT}/vite.config.ts`;

await build({ configFile, logLevel: 'warn' });
const server = await preview({
  configFile,
  logLevel: 'warn',
  // Not 'spa': a file that is not there must be 404, or a layout with a missing blob would get a page instead of it.
  appType: 'mpa',
  preview: { host: '127.0.0.1', port: PORT, strictPort: false },
});
const { port } = server.httpServer.address();

console.log(`
  Stratascope is served on this machine only; Ctrl+C stops it.

    with the sample image   http://127.0.0.1:${port}/#layout=sample/
    empty                   http://127.0.0.1:${port}/
`);
