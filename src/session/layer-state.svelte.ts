/** One layer on its way to being checked. */
import type { Failure } from '../base/problem.ts';
import type { ImageLayer } from '../image/image.ts';
import type { SeekPoints } from '../formats/seek-points.ts';
import type { Indexed, LayerCounts } from '../image/indexing.ts';

/** The rate is taken over so many milliseconds, long enough not to flicker. */
const RATE_MS = 2000;

/** `missing`: it is not where the image is; the tree is made without it. */
export type LayerPhase = 'waiting' | 'reading' | 'indexed' | 'verified' | 'failed' | 'missing';

/** Reactive. */
export class LayerState {
  readonly layer: ImageLayer;
  #phase: LayerPhase = $state('waiting');
  #progress: LayerCounts = $state.raw({ received: 0, unpacked: 0, entries: 0 });
  #rate = $state(0);
  #failure: Failure | null = $state.raw(null);
  #seekPoints: SeekPoints | null = null;
  #samples: { readonly time: number; readonly received: number }[] = [];

  constructor(layer: ImageLayer) {
    this.layer = layer;
  }

  /** `indexed`: its tree is usable, the checks go on. */
  get state(): LayerPhase {
    return this.#phase;
  }
  /** Bytes of the blob that have come; its size is in the layer's descriptor. */
  get received(): number {
    return this.#progress.received;
  }
  /** Bytes that it has unpacked to. */
  get unpacked(): number {
    return this.#progress.unpacked;
  }
  get entries(): number {
    return this.#progress.entries;
  }
  /** Bytes of the blob a second, lately; 0 when not reading. */
  get rate(): number {
    return this.#phase === 'reading' ? this.#rate : 0;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** Where reading may start in the middle; null until it is indexed, and for a layer that is not compressed. */
  get seekPoints(): SeekPoints | null {
    return this.#seekPoints;
  }

  /** `now` in milliseconds, of any clock that only goes forward. */
  advance(progress: LayerCounts, now: number): void {
    this.#phase = 'reading';
    this.#progress = progress;
    this.#samples.push({ time: now, received: progress.received });
    while (this.#samples.length > 2 && now - this.#samples[1]!.time >= RATE_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    if (now > first.time) this.#rate = ((progress.received - first.received) * 1000) / (now - first.time);
  }

  indexed({ index: { unpackedSize, count }, seekPoints }: Indexed): void {
    this.#phase = 'indexed';
    this.#seekPoints = seekPoints;
    this.#progress = { received: this.layer.descriptor.size, unpacked: unpackedSize, entries: count };
  }
  verified(): void {
    this.#phase = 'verified';
  }
  missing(): void {
    this.#phase = 'missing';
  }
  failed(failure: Failure): void {
    this.#phase = 'failed';
    this.#failure = failure;
  }
}
