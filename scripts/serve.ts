/** Builds the app and serves it on loopback, with the gateway beside it, and opens what the command line names. */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { build, preview } from 'vite';
import { gateway } from '../gateway/plugin.ts';
import { openBrowser } from './open-browser.ts';
import { parseServeOptions, USAGE, type ServeOptions } from './serve-options.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PORT = 4173;

await serve(readOptions());

function readOptions(): ServeOptions {
  try {
    const options = parseServeOptions(process.argv.slice(2));
    if (options === 'help') {
      console.log(USAGE);
      process.exit(0);
    }
    return options;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function serve({ target, named, opens, builds, port }: ServeOptions): Promise<void> {
  const configFile = join(ROOT, 'vite.config.ts');
  if (builds || !existsSync(join(ROOT, 'dist/index.html'))) await build({ configFile, logLevel: 'warn' });
  const server = await preview({
    configFile,
    logLevel: 'warn',
    // Not 'spa': a file that is not there must be 404, or a layout with a missing blob would get a page instead of it.
    appType: 'mpa',
    plugins: [gateway({ named })],
    // A port that was asked for is that one or none: links to it are about.
    // And no page of another port is to read this one.
    preview: { host: '127.0.0.1', port: port ?? PORT, strictPort: port !== null, cors: false },
  });
  const page = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`;
  const address = `${page}${target}`;
  console.log(`
  Stratascope is served on this machine only; Ctrl+C stops it.
  Registries that let no page read them are reached through it.
${target === '' ? '' : `\n    what you asked for      ${address}`}
    with the sample image   ${page}#layout=sample/
    empty                   ${page}
`);
  if (named.size > 0)
    console.log(`  Of this machine and its network, it also asks ${[...named.values()].join(', ')}\n`);
  if (target === '' || !opens) return;
  const failure = await openBrowser(address);
  if (failure !== null)
    console.log(`  No browser could be opened (${failure}).\n  Open the address above yourself.\n`);
}
