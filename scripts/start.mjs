/** `npm start`: from a fresh clone to the app on loopback. Needs Node only; all else is in serve.ts. */
import { installPackages, ROOT } from './packages.mjs';

installPackages();
// Only now is it there for sure.
const { runnerImport } = await import('vite');
await runnerImport(`${ROOT}/scripts/serve.ts`, { root: ROOT, configFile: false, logLevel: 'warn' });
