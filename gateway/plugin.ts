/** The gateway beside the page, in `npm start` and `npm run dev`; no byte of it is in what is built. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { Gateway } from './gateway.ts';
import type { UpstreamOptions } from './upstream.ts';

/** What tells the page that it is there, and where. A page without it asks nobody. */
const MARK = { name: 'stratascope-gateway', content: './gateway' };
const MARK_TAG = `<meta name="${MARK.name}" content="${MARK.content}" />`;

export function gateway(options: UpstreamOptions): Plugin {
  const gateway = new Gateway(options);
  const answer = (from: IncomingMessage, to: ServerResponse, next: () => void) =>
    void gateway.answer(from, to).then((isDone) => isDone || next());
  return {
    name: 'gateway',
    apply: 'serve',
    // The development server's page.
    transformIndexHtml: () => [{ tag: 'meta', attrs: MARK, injectTo: 'head' }],
    configureServer: ({ middlewares, httpServer }) => {
      middlewares.use(answer);
      httpServer?.on('close', () => gateway.close());
    },
    configurePreviewServer: ({ middlewares, httpServer, config }) => {
      const page = join(config.root, config.build.outDir, 'index.html');
      middlewares.use(answer);
      middlewares.use((from, to, next) => void sendMarked(page, from, to).then((isDone) => isDone || next()));
      httpServer.on('close', () => gateway.close());
    },
  };
}

/** The built page with the mark in it; false for any other address. */
async function sendMarked(page: string, from: IncomingMessage, to: ServerResponse): Promise<boolean> {
  const isPage = /^\/(?:index\.html)?(?:\?|$)/.test(from.url ?? '');
  if (!isPage || (from.method !== 'GET' && from.method !== 'HEAD')) return false;
  const html = await readFile(page, 'utf8').catch(() => null);
  if (html === null) return false;
  to.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
  to.end(from.method === 'HEAD' ? '' : html.replace('</head>', `${MARK_TAG}</head>`));
  return true;
}
