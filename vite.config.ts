import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { namedRegistries } from './gateway/named.ts';
import { gateway } from './gateway/plugin.ts';

const PDF_FILES = 'assets/pdf';
const { version: PDF_VERSION } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'node_modules/pdfjs-dist/package.json'), 'utf8'),
) as { readonly version: string };

/**
 * What the page may do, for hosts that send no header of their own. Any registry may be asked; nothing else may be
 * loaded from elsewhere, no text becomes code, no form goes anywhere. Only in the build: the development server puts
 * styles and its client inline.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  // Pictures out of an image: as <img>, where nothing runs and nothing is fetched.
  "img-src 'self' blob:",
  // Sound and film out of an image, in the same way. Fonts are given to the browser as bytes, and need no leave.
  'media-src blob:',
  "manifest-src 'self'",
  "connect-src 'self' http: https:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * The app without a network: the service worker keeps the files of the build, and nothing else. What is asked of any
 * registry passes it by, and so does the sample.
 */
function offlineApp() {
  return VitePWA({
    // public/manifest.webmanifest is there already, and the page registers when it has nothing better to do.
    manifest: false,
    injectRegister: null,
    // A new version waits until a person takes it (session/app-version.svelte.ts).
    registerType: 'prompt',
    // Relative to the worker, so that it works under any path.
    filename: 'service-worker.js',
    workbox: {
      globPatterns: ['index.html', 'manifest.webmanifest', '*.{svg,png}', 'assets/*.{js,css}'],
      // One page, whatever its query asks for. Any other address is the host's: a folder of the sample is no page of ours.
      navigateFallback: null,
      directoryIndex: 'index.html',
      ignoreURLParametersMatching: [/^/],
      // The threads and the views that the first visit did not load yet are there from then on too.
      clientsClaim: true,
      skipWaiting: false,
      runtimeCaching: [],
      inlineWorkboxRuntime: true,
      sourcemap: false,
    },
  });
}

/** In the development server only: `npm start` brings its own, and neither a build nor a test has one. */
function developmentGateway(): Plugin {
  return {
    ...gateway({ named: namedRegistries([process.env['STRATASCOPE_ALLOW'] ?? '']) }),
    apply: (_, { command, isPreview }) =>
      command === 'serve' && isPreview !== true && process.env['VITEST'] === undefined,
  };
}

/** pdf.js has a second way for each thing that it would do by WebAssembly. The first one is not in the build. */
function noWebAssembly(): Plugin {
  return {
    name: 'no-web-assembly',
    apply: 'build',
    config: () => ({ define: { WebAssembly: 'undefined' } }),
  };
}

/** What pdf.js asks for by name when a document wants it: hundreds of files, in a place of their own, and not kept unasked. */
function assetFileNames({ names }: { readonly names: readonly string[] }): string {
  const [name = ''] = names;
  // Loaded by the names that they have, from one folder.
  if (name.endsWith('_nowasm_fallback.js')) return `${PDF_FILES}/${PDF_VERSION}/[name][extname]`;
  return /\.(?:bcmap|pfb)$/.test(name)
    ? `${PDF_FILES}/[name]-[hash][extname]`
    : 'assets/[name]-[hash][extname]';
}

export default defineConfig({
  root: 'src',
  publicDir: '../public',
  // Relative, so that the same build works under any path of any static host.
  base: './',
  plugins: [svelte(), contentSecurityPolicy(), noWebAssembly(), offlineApp(), developmentGateway()],
  worker: { format: 'es', rolldownOptions: { output: { assetFileNames } } },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    // A preload polyfill is an inline script, which a strict Content-Security-Policy refuses.
    modulePreload: { polyfill: false },
    sourcemap: true,
    // What the licences of the libraries ask for goes with every copy.
    license: { fileName: 'licences.md' },
    rolldownOptions: { output: { assetFileNames } },
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  test: {
    // The app's, and those of what serves it.
    dir: '.',
    environment: 'node',
    include: ['src/**/*.test.ts', 'gateway/**/*.test.ts', 'scripts/**/*.test.ts'],
    passWithNoTests: false,
    // Laws draw many inputs; a machine that has other things to do as well is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
