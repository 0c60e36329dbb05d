/** Tabs that share a thread, all of them on this one: real ports, real locks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openKeeper } from '../worker/keeper.ts';
import { Safe } from '../worker/safe.ts';
import { LockTable } from '../testing/lock-table.ts';
import { DIRECT } from '../sources/registry/reach.ts';
import { Keyring } from './keyring.svelte.ts';

const ANN = { username: 'ann', password: 'secret' };
const BOB = { username: 'bob', password: 'other' };

let locks: LockTable;
let safe: Safe | null;
let ended: number;
const ports: MessagePort[] = [];

beforeEach(() => {
  locks = new LockTable();
  safe = null;
  ended = 0;
  vi.stubGlobal('navigator', { locks });
  vi.stubGlobal(
    'SharedWorker',
    class {
      readonly port: MessagePort;
      constructor(url: URL | string) {
        // So says a browser to what is no address.
        if (url === 'http://[') throw new SyntaxError();
        safe ??= new Safe(locks as unknown as LockManager, () => ended++, 50);
        const { port1, port2 } = new MessageChannel();
        safe.connect(port2);
        this.port = port1;
        ports.push(port1, port2);
      }
    },
  );
});
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  vi.unstubAllGlobals();
});

const tab = async () => {
  const keyring = new Keyring(openKeeper());
  await keyring.recall();
  return keyring;
};

/** Drawn: `registry name kept`. */
const draw = ({ list }: Keyring) =>
  list.map(({ registry, username, kept }) => `${registry} ${username} ${kept}`);

describe('a sign-in', () => {
  it('of a tab is of no other one, and starts no thread', async () => {
    const one = await tab();
    one.set('r.example.org', ANN, 'tab');
    expect(draw(one)).toEqual(['r.example.org ann tab']);
    expect(draw(await tab())).toEqual([]);
    expect(safe).toBeNull();
  });

  it('that is kept is there in other tabs, those that are open and those that come', async () => {
    const one = await tab();
    const two = await tab();
    two.set('a.example.org', BOB, 'browser');
    one.set('r.example.org', ANN, 'browser');
    await vi.waitFor(() => expect(locks.names()).toContain('stratascope:sign-ins'));
    const three = await tab();
    const all = ['a.example.org bob browser', 'r.example.org ann browser'];
    for (const each of [one, two, three]) await vi.waitFor(() => expect(draw(each)).toEqual(all));
    const origin = { kind: 'registry', registry: 'r.example.org', repository: 'x', tag: '1' } as const;
    expect(three.accessFor(origin, DIRECT).credentials).toEqual(ANN);
    const mirror = { kind: 'mirror', base: 'https://mirror.example.org' } as const;
    expect(three.accessFor(origin, mirror).credentials).toBeNull();
  });

  it('is forgotten everywhere with one word', async () => {
    const one = await tab();
    const two = await tab();
    const gone: string[] = [];
    two.onForgotten = (registry) => gone.push(registry);
    one.set('r.example.org', ANN, 'browser');
    two.set('own.example.org', BOB, 'browser');
    for (const each of [one, two]) await vi.waitFor(() => expect(draw(each)).toHaveLength(2));
    one.forget('r.example.org');
    await vi.waitFor(() => expect(draw(two)).toEqual(['own.example.org bob browser']));
    expect(gone).toEqual(['r.example.org']);
    two.forget('own.example.org');
    await vi.waitFor(async () => expect(draw(await tab())).toEqual([]));
    // Nothing is left, and nothing says that there is.
    await vi.waitFor(async () => expect(locks.names()).not.toContain('stratascope:sign-ins'));
  });

  it('of a tab alone is not taken away by another one’s', async () => {
    const one = await tab();
    const two = await tab();
    two.set('x.example.org', BOB, 'browser');
    two.set('r.example.org', BOB, 'tab');
    one.set('r.example.org', ANN, 'browser');
    await vi.waitFor(() => expect(draw(one)).toHaveLength(2));
    expect(draw(two)).toContain('r.example.org bob tab');
    one.forget('r.example.org');
    await vi.waitFor(() => expect(draw(one)).toHaveLength(1));
    expect(draw(two)).toContain('r.example.org bob tab');
  });

  it('is gone when the last tab is gone for good, and not when it is loaded again', async () => {
    const one = await tab();
    one.set('r.example.org', ANN, 'browser');
    await vi.waitFor(() => expect(locks.names()).toContain('stratascope:sign-ins'));
    locks.release('stratascope:sign-ins:tabs');
    const again = await tab();
    expect(draw(again)).toEqual(['r.example.org ann browser']);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(ended).toBe(0);
    locks.release('stratascope:sign-ins:tabs');
    await vi.waitFor(() => expect(ended).toBe(1));
    expect(locks.names()).toEqual([]);
  });

  it('that was wrong leaves its name, and nothing else', async () => {
    const one = await tab();
    one.set('r.example.org', ANN, 'tab');
    one.refuse('r.example.org');
    expect([draw(one), one.nameFor('r.example.org')]).toEqual([[], 'ann']);
    one.forget('r.example.org');
    expect(one.nameFor('r.example.org')).toBe('');
  });

  it('that was forgotten is not handed on any more; one that was given since is', () => {
    const one = new Keyring(null);
    const tokens = [{ scope: 's', token: 't', expires: 1 }];
    one.set('r', ANN, 'tab');
    const access = { registry: 'r', credentials: ANN, tokens };
    expect(one.renewed(access)).toBe(access);
    one.forget('r');
    expect(one.renewed(access)).toEqual({ registry: 'r', credentials: null, tokens: [] });
    one.set('r', BOB, 'tab');
    expect(one.renewed(access)).toEqual({ registry: 'r', credentials: BOB, tokens: [] });
    expect(one.reach).toBe('tab');
  });
});
