/**
 * What the user signed in with, for each registry: in the memory of this tab or, where they wish so, of a thread that the
 * tabs share. Never stored, never logged, never in an address.
 */
import type { Access, Credentials } from '../sources/access.ts';
import type { Origin } from '../sources/origin.ts';
import { reachOf, type Route } from '../sources/registry/reach.ts';
import type { Keeper } from '../worker/keeper.ts';
import type { SharedSignIn } from '../worker/protocol.ts';

/** `tab`: until this tab is closed or loaded again. `browser`: until the last tab of this app is closed. */
export type KeptFor = 'tab' | 'browser';

/** What the page shows of one: no password. */
export interface SignIn {
  readonly registry: string;
  readonly username: string;
  readonly kept: KeptFor;
}

interface Key {
  readonly credentials: Credentials;
  readonly kept: KeptFor;
  /** The shared thread has said that it has it: when it does not say so any more, it is forgotten. */
  readonly isShared: boolean;
}

export class Keyring {
  readonly #keeper: Keeper | null;
  readonly #keys = new Map<string, Key>();
  /** Names that were given last with something that was refused: to be corrected, not typed again. */
  readonly #names = new Map<string, string>();
  #list: readonly SignIn[] = $state.raw([]);
  /** Told which registry's sign-in is gone. */
  onForgotten: (registry: string) => void = () => {};

  constructor(keeper: Keeper | null) {
    this.#keeper = keeper;
    keeper?.listen((shared) => this.#follow(shared));
  }

  /** By the registry's name. */
  get list(): readonly SignIn[] {
    return this.#list;
  }
  /** How long a sign-in can be kept beyond this tab: not at all, while another tab is open, or over a reload too. */
  get reach(): 'tab' | 'tabs' | 'reload' {
    if (this.#keeper === null) return 'tab';
    return this.#keeper.outlivesReload ? 'reload' : 'tabs';
  }

  /** When it is known what other tabs have kept. Never rejects. */
  async recall(): Promise<void> {
    await this.#keeper?.recall();
  }

  find(registry: string): SignIn | null {
    return this.#list.find((it) => it.registry === registry) ?? null;
  }

  /** The name that was given for a registry last, also where it was refused; else empty. */
  nameFor(registry: string): string {
    return this.find(registry)?.username ?? this.#names.get(registry) ?? '';
  }

  set(registry: string, credentials: Credentials, kept: KeptFor): void {
    const before = this.#keys.get(registry);
    this.#names.delete(registry);
    this.#keys.set(registry, { credentials, kept, isShared: false });
    if (kept === 'browser') this.#keeper?.keep({ registry, ...credentials });
    else if (before?.kept === 'browser') this.#keeper?.forget(registry);
    this.#show();
  }

  /** In this tab, in the others, and in whatever of this page was told. */
  forget(registry: string): void {
    this.#names.delete(registry);
    this.#drop(registry);
  }

  /** They were wrong: of no use any more, but for the name. */
  refuse(registry: string): void {
    const key = this.#keys.get(registry);
    if (key === undefined) return;
    this.#names.set(registry, key.credentials.username);
    this.#drop(registry);
  }

  /** Of whoever answers on that route: a mirror is told nothing that was given for the registry. */
  accessFor(origin: Origin, route: Route): Access {
    const registry = origin.kind === 'registry' ? reachOf(origin.registry, route).host : '';
    return { registry, credentials: this.#keys.get(registry)?.credentials ?? null, tokens: [], route };
  }

  /** `access` as it is to be used now: what has been forgotten since it was made is gone, what was given since is there. */
  renewed(access: Access): Access {
    const credentials = this.#keys.get(access.registry)?.credentials ?? null;
    const { credentials: old } = access;
    const isSame = credentials?.username === old?.username && credentials?.password === old?.password;
    return isSame ? access : { ...access, credentials, tokens: [] };
  }

  #drop(registry: string): void {
    const key = this.#keys.get(registry);
    if (!this.#keys.delete(registry)) return;
    if (key?.kept === 'browser') this.#keeper?.forget(registry);
    this.#show();
    this.onForgotten(registry);
  }

  /** Another tab has signed in, or out. What was given to this one alone stays. */
  #follow(shared: readonly SharedSignIn[]): void {
    const gone = [...this.#keys].filter(
      ([registry, { isShared }]) => isShared && !shared.some((it) => it.registry === registry),
    );
    for (const [registry] of gone) this.#keys.delete(registry);
    for (const { registry, ...credentials } of shared) {
      if (this.#keys.get(registry)?.kept === 'tab') continue;
      this.#keys.set(registry, { credentials, kept: 'browser', isShared: true });
    }
    this.#show();
    for (const [registry] of gone) this.onForgotten(registry);
  }

  #show(): void {
    this.#list = [...this.#keys]
      .map(([registry, { credentials, kept }]) => ({ registry, username: credentials.username, kept }))
      .sort((a, b) => (a.registry < b.registry ? -1 : 1));
  }
}
