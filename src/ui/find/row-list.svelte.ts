/** A long list of which only the rows in view are in the document: what scrolls, what the keys move, what is drawn. */
import { flushSync, tick } from 'svelte';
import { actionOf } from '../shared/grid-keys.ts';
import { RowWindow } from '../shared/row-window.ts';
import { ROW_HEIGHT } from '../shared/row-height.ts';

export class RowList {
  readonly #view = new RowWindow(ROW_HEIGHT);
  readonly #onmove: (row: number) => void;
  readonly #onopen: (row: number) => void;
  #scroller: HTMLElement | null = null;
  #count = 0;
  #height = 0;
  /** The row that the keys move; -1 for none. */
  active = $state(-1);
  drawn: { readonly height: number; readonly offset: number; readonly first: number; readonly end: number } =
    $state.raw({ height: 0, offset: 0, first: 0, end: 0 });

  constructor(onmove: (row: number) => void, onopen: (row: number) => void) {
    this.#onmove = onmove;
    this.#onopen = onopen;
  }

  get slots(): number {
    return this.#view.slots;
  }

  attach(scroller: HTMLElement): void {
    this.#scroller = scroller;
  }

  /** `height`: pixels that rows are seen through. `fresh`: another list, from its top. */
  resize(count: number, height: number, fresh: boolean): void {
    this.#count = count;
    this.#height = height;
    if (fresh) {
      this.active = -1;
      this.#view.resize(count, height);
      this.#view.reveal(0);
    } else this.#view.resize(count, height);
    this.#changed();
  }

  scrolled = (): void => {
    const view = this.#view;
    const scroller = this.#scroller;
    // A browser tells of a scroll with its next frame: by then what was scrolled may have left the page.
    if (!scroller) return;
    view.scrolled(scroller.scrollTop);
    if (Math.abs(view.scroll - scroller.scrollTop) >= 1) this.#changed();
    else this.#draw();
  };

  pressed = (event: KeyboardEvent): void => {
    const action = actionOf(event);
    if (action === null || event.target !== this.#scroller) return;
    switch (action) {
      case 'up':
        this.moveTo(this.active - 1);
        break;
      case 'down':
        this.moveTo(this.active + 1);
        break;
      case 'page-up':
        this.moveTo(this.active - this.#view.page);
        break;
      case 'page-down':
        this.moveTo(this.active + this.#view.page);
        break;
      case 'first':
        this.moveTo(0);
        break;
      case 'last':
        this.moveTo(this.#count - 1);
        break;
      case 'open':
        if (this.active >= 0) this.#onopen(this.active);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  moveTo(row: number): void {
    if (this.#count === 0) return;
    this.active = Math.max(0, Math.min(this.#count - 1, row));
    this.#onmove(this.active);
    this.#view.reveal(this.active);
    this.#changed();
  }

  /** From the box: the first row, or the one that was moved to before. */
  async enter(): Promise<void> {
    await tick();
    this.#scroller?.focus();
    if (this.active < 0) this.moveTo(0);
  }

  #draw(): void {
    const { height, offset, first, end } = this.#view;
    this.drawn = { height, offset: Math.round(offset), first, end: Math.min(end, this.#count) };
  }

  /** The element takes its new height first, or it could not be scrolled there. */
  #changed(): void {
    flushSync(() => this.#draw());
    const scroller = this.#scroller;
    if (scroller === null || this.#height === 0) return;
    if (Math.abs(scroller.scrollTop - this.#view.scroll) < 1) return;
    scroller.scrollTop = this.#view.scroll;
    this.#view.settled(scroller.scrollTop);
    this.#draw();
  }
}
