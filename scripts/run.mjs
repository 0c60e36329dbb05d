/** Runs a TypeScript file of ours in Node, through vite (Node 20 cannot by itself): `node scripts/run.mjs file.ts`. */
import { installPackages, ROOT } from './packages.mjs';

const file = process.argv[2];
if (file === undefined) {
  console.error('usage: node scripts/run.mjs file.ts [arguments]');
  process.exit(2);
}
installPackages();
process.argv.splice(1, 2, file);
const { runnerImport } = await import('vite');
await runnerImport(`${ROOT}/${file}`, { root: ROOT, configFile: false, logLevel: 'warn' });
