import { describe, expect, it } from 'vitest';
import { blockageOf } from './blockage.ts';

const HOSTED = 'https://page.example/';
const HERE = 'http://127.0.0.1:4173/';

describe('why there is no answer', () => {
  it.each([
    ['https://registry.example/', true, HOSTED, {}, 'no-cors'],
    ['https://registry.example/', false, HOSTED, {}, 'silent'],
    ['http://registry.example/layout/', false, HOSTED, {}, 'mixed-content'],
    ['http://registry.example/layout/', false, HERE, {}, 'silent'],
    ['http://localhost:5000/', false, HOSTED, { 'loopback-network': 'denied' }, 'network-denied'],
    ['http://127.0.0.1:5000/', false, HOSTED, { 'local-network-access': 'prompt' }, 'network-asked'],
    ['http://127.0.0.1:5000/', false, HOSTED, { 'loopback-network': 'granted' }, 'mixed-content'],
    ['http://127.0.0.1:5000/', false, HOSTED, {}, 'mixed-content'],
    ['http://127.0.0.1:5000/', false, HERE, { 'loopback-network': 'denied' }, 'silent'],
    ['https://registry.lan/', false, HOSTED, { 'local-network': 'denied' }, 'network-denied'],
    ['https://192.168.1.5/', false, HOSTED, { 'local-network': 'prompt' }, 'network-asked'],
    ['https://172.32.1.5/', false, HOSTED, { 'local-network': 'prompt' }, 'silent'],
    ['https://[fd00::1]/', false, HOSTED, { 'local-network': 'prompt' }, 'network-asked'],
    ['https://registry.example/', false, HOSTED, { 'local-network': 'denied' }, 'silent'],
  ] as const)('%s (alive: %s) from %s: %j', async (url, alive, page, states, why) => {
    const permission = async (name: string) => (states as Record<string, PermissionState>)[name] ?? null;
    expect(await blockageOf(url, alive, { page, onLine: true, permission })).toBe(why);
  });

  it('is no network, unless it is this machine', async () => {
    const facts = { page: HERE, onLine: false, permission: async () => null };
    expect(await blockageOf('https://registry.example/', false, facts)).toBe('offline');
    expect(await blockageOf('http://localhost:5000/', false, facts)).toBe('silent');
  });
});
