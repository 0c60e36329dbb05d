/**
 * Turns of the tabs at a layer (Web Locks): the thread that fetches it keeps its turn until the layer is in the store, and
 * whoever waits reads it there. Large layers are held in memory until the tree is on the screen, and then written; where
 * another tab waits, that is said (BroadcastChannel), and they are written at once: two tabs that each hold what the other
 * waits for would wait for ever.
 */
import { webLocks } from '../base/locks.ts';
import type { Digest } from '../formats/digest.ts';

type Word =
  /** Another tab waits for it. */
  | { readonly want: Digest }
  /** It is written, or will not be. */
  | { readonly free: Digest };

const CHANNEL = 'stratascope:layers';
/** Milliseconds that a turn is kept after the layer was fetched: whoever waits longer is better off fetching it. */
const HELD_LIMIT = 60_000;

const lockOf = (digest: Digest) => `stratascope:fetch:${digest}`;

function say(word: Word): void {
  // One for each word: none hears what it says itself, and the listener may be of this thread.
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(word);
  channel.close();
}

function listen(onWord: (word: Word) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Word>) => onWord(data);
  return () => channel.close();
}

/**
 * Runs `work` when it is this thread's turn; `hadToWait` says that another one was before, and may have kept the layer.
 * Where `work` says that the layer `isHeld`, the turn goes on until `free` is said of it, and what it gives comes at once.
 */
export async function alone<T>(
  digest: Digest,
  work: (hadToWait: boolean) => Promise<{ readonly value: T; readonly isHeld: boolean }>,
): Promise<T> {
  const locks = webLocks();
  if (locks === undefined) return (await work(false)).value;
  return new Promise<T>((resolve, reject) => {
    const turn = async (hadToWait: boolean) => {
      const { value, isHeld } = await work(hadToWait);
      const isFree = isHeld ? untilFree(digest) : undefined;
      resolve(value);
      await isFree;
    };
    const take = async () => {
      const isTaken = await locks.request(lockOf(digest), { ifAvailable: true }, async (lock) => {
        if (lock === null) return false;
        await turn(false);
        return true;
      });
      if (isTaken) return;
      say({ want: digest });
      await locks.request(lockOf(digest), () => turn(true));
    };
    take().catch(reject);
  });
}

function untilFree(digest: Digest): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, HELD_LIMIT);
    const stop = listen((word) => {
      if ('free' in word && word.free === digest) end();
    });
  });
}

/** Nobody need wait for it any more. */
export function free(digest: Digest): void {
  if (webLocks() !== undefined) say({ free: digest });
}

/** Another thread waits for the turn of this one. */
export async function isAwaited(digest: Digest): Promise<boolean> {
  const waiting = (await webLocks()?.query())?.pending ?? [];
  return waiting.some(({ name }) => name === lockOf(digest));
}

/** Of a page: the layers that its threads have fetched, and that are to be written later. */
export class HeldLayers {
  readonly #held = new Map<Digest, () => void>();
  readonly #wanted = new Set<Digest>();
  readonly #stop: () => void = () => {};

  constructor() {
    if (webLocks() === undefined) return;
    this.#stop = listen((word) => {
      if (!('want' in word)) return;
      this.#wanted.add(word.want);
      this.#held.get(word.want)?.();
    });
  }

  /** Resolves when another tab waits for it, which may be never. */
  hold(digest: Digest): Promise<void> {
    return new Promise((resolve) => {
      this.#held.set(digest, resolve);
      if (this.#wanted.has(digest)) resolve();
    });
  }

  /** A thread has it, to be written, and says itself when that is done. */
  handOver(digest: Digest): void {
    this.#held.delete(digest);
  }

  /** Nothing more will be written. */
  end(): void {
    this.#stop();
    for (const digest of this.#held.keys()) free(digest);
    this.#held.clear();
  }
}
