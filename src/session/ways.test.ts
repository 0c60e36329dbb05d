import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Origin } from '../sources/origin.ts';
import { Ways } from './ways.svelte.ts';

const HUB: Origin = { kind: 'registry', registry: 'docker.io', repository: 'library/alpine', tag: '3' };
const HERE = 'http://127.0.0.1:4173/';
const { signal } = new AbortController();

afterEach(() => void vi.unstubAllGlobals());

/** `config`: what the host answers for config.json; null for no network. `leads`: where the gateway does. */
function waysOf({
  config = '{}' as string | null,
  leads = ['docker.io'],
  kept = new Map<string, string>(),
  base = HERE,
  gateway = './gateway' as string | null,
} = {}) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: URL | string) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    if (pathname.endsWith('config.json')) {
      if (config === null) throw new TypeError('Failed to fetch');
      return new Response(config, { status: config === '' ? 404 : 200 });
    }
    return new Response(null, { status: leads.includes(pathname.split('/')[2]!) ? 204 : 403 });
  });
  const shelf = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  return { ways: new Ways({ base, gateway, shelf }), asked, kept };
}

describe('the way to a registry', () => {
  it('is a person’s own mirror, then the deployer’s, then the gateway, then none', async () => {
    const { ways, kept } = waysOf({ config: '{"mirrors":{"docker.io":"https://theirs.example"}}' });
    expect(await ways.routeTo(HUB, signal)).toEqual({ kind: 'mirror', base: 'https://theirs.example' });
    ways.setMirror('docker.io', 'https://mine.example/');
    expect(await ways.routeTo(HUB, signal)).toEqual({ kind: 'mirror', base: 'https://mine.example' });
    expect(kept.get('stratascope.mirrors')).toBe('{"docker.io":"https://mine.example"}');
    ways.setMirror('docker.io', 'direct');
    expect(await ways.routeTo(HUB, signal)).toEqual({ kind: 'direct' });
    ways.setMirror('docker.io', null);
    expect(await ways.routeTo(HUB, signal)).toEqual({ kind: 'mirror', base: 'https://theirs.example' });
    const other: Origin = { ...HUB, registry: 'ghcr.io' };
    expect(await ways.routeTo(other, signal)).toEqual({ kind: 'direct' });
  });

  it('is asked of the gateway once, where there is one on this machine', async () => {
    const { ways, asked } = waysOf();
    const gateway = { kind: 'gateway', base: 'http://127.0.0.1:4173/gateway' };
    expect(await ways.routeTo(HUB, signal)).toEqual(gateway);
    expect(await ways.routeTo(HUB, signal)).toEqual(gateway);
    expect(asked).toEqual(['/config.json', '/gateway/docker.io/']);
    expect(waysOf({ base: 'https://page.example/' }).ways.gateway).toBeNull();
    expect(waysOf({ gateway: 'http://127.0.0.1:1/gateway' }).ways.gateway).toBeNull();
    expect(waysOf({ gateway: null }).ways.gateway).toBeNull();
  });

  it('is that of the last visit, where there is no network', async () => {
    const { kept, ways } = waysOf({ config: '{"defaultRegistry":"r.example"}' });
    await ways.ready;
    const later = waysOf({ config: null, kept });
    await later.ways.ready;
    expect(later.ways.deployment.defaultRegistry).toBe('r.example');
    // Gone is gone.
    await waysOf({ config: '', kept }).ways.ready;
    const last = waysOf({ config: null, kept });
    await last.ways.ready;
    expect(last.ways.deployment.defaultRegistry).toBe('docker.io');
  });

  it('is found where the browser keeps nothing', async () => {
    vi.stubGlobal(
      'fetch',
      async () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }),
    );
    const ways = new Ways({ base: HERE, gateway: null, shelf: null });
    ways.setMirror('docker.io', 'https://mine.example');
    await ways.ready;
    expect(ways.faults).toEqual([]);
    expect(await ways.routeTo(HUB, signal)).toEqual({ kind: 'mirror', base: 'https://mine.example' });
  });
});
