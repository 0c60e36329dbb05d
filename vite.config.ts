import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: 'src',
  publicDir: '../public',
  // Relative, so that the same build works under any path of any static host.
  base: './',
  plugins: [svelte()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    // A preload polyfill is an inline script, which a strict Content-Security-Policy refuses.
    modulePreload: { polyfill: false },
    sourcemap: true,
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  test: {
    dir: 'src',
    environment: 'node',
    include: ['**/*.test.ts'],
    passWithNoTests: false,
  },
});
