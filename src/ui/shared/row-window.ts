/**
 * Which rows of a long list are in view. Browsers stop at elements some 17 million pixels high (Firefox) or 33 million
 * (Chromium), and a transform, a 32-bit float, is no longer exact to half a pixel above 8 million. A list that is higher
 * is scaled: a small scroll moves it by as many pixels as asked, a large one goes to the same share of the list; where
 * the two drift apart, the scroll bar is put right.
 */

/** Height in pixels that the scrolled element never exceeds. */
export const MAX_HEIGHT = 8_000_000;
/** Rows above and below the view that are drawn ahead. */
const OVERSCAN = 8;
/** Pixels that the scroll bar may be off before it is put right: some thousandths of its length. */
const SLACK = 20_000;

export class RowWindow {
  readonly #rowHeight: number;
  readonly #maxHeight: number;
  #count = 0;
  #view = 0;
  /** What the list is scrolled by, and what the element is: equal unless the list is scaled. */
  #top = 0;
  #scroll = 0;

  constructor(rowHeight: number, maxHeight = MAX_HEIGHT) {
    this.#rowHeight = rowHeight;
    this.#maxHeight = maxHeight;
  }

  /** Pixels, of the scrolled element. */
  get height(): number {
    return Math.min(this.#full, this.#maxHeight);
  }

  /** The first row to draw, and the one after the last. */
  get first(): number {
    return Math.max(0, Math.floor(this.#top / this.#rowHeight) - OVERSCAN);
  }

  get end(): number {
    return Math.min(this.#count, Math.ceil((this.#top + this.#view) / this.#rowHeight) + OVERSCAN);
  }

  /** Never fewer than there are rows to draw, and the same however far the list is scrolled. */
  get slots(): number {
    return Math.ceil(this.#view / this.#rowHeight) + 1 + 2 * OVERSCAN;
  }

  /** Where `first` stands in the scrolled element, in pixels. */
  get offset(): number {
    return this.first * this.#rowHeight - this.#top + this.#scroll;
  }

  /** Where the element should be scrolled to; the caller sets it, and says with `scrolled` where it came to be. */
  get scroll(): number {
    return this.#scroll;
  }

  /** Whole rows in view, at least 1: a page. */
  get page(): number {
    return Math.max(1, Math.floor(this.#view / this.#rowHeight));
  }

  /** The list has `count` rows now, seen through `view` pixels. */
  resize(count: number, view: number): void {
    this.#count = count;
    this.#view = view;
    this.#goTo(this.#top);
  }

  /** The element was scrolled to `scroll`. */
  scrolled(scroll: number): void {
    const moved = scroll - this.#scroll;
    this.#scroll = scroll;
    if (this.#full <= this.#maxHeight) {
      this.#top = scroll;
      return;
    }
    const range = this.height - this.#view;
    if (Math.abs(moved) > this.#view) this.#top = Math.round((scroll / range) * (this.#full - this.#view));
    else this.#top = this.#clamped(this.#top + moved);
    // The bar is at its end: so is the list, if less than a page is missing; else there is more to scroll.
    if (scroll <= 0 && this.#top < this.#view) this.#top = 0;
    if (scroll >= range && this.#full - this.#top < 2 * this.#view) this.#top = this.#full - this.#view;
    const atEnd = scroll <= 0 || scroll >= range;
    if (atEnd || Math.abs(scroll - this.#ideal()) > SLACK) this.#scroll = this.#ideal();
  }

  /** The element could not be scrolled to `scroll` exactly, but to `actual`: the rows stay where they are. */
  settled(actual: number): void {
    if (this.#full <= this.#maxHeight) this.#top = actual;
    this.#scroll = actual;
  }

  /** True where all of `row` is in view. */
  shows(row: number): boolean {
    const y = row * this.#rowHeight;
    return y >= this.#top && y + this.#rowHeight <= this.#top + this.#view;
  }

  /** Scrolls as little as brings `row` into view. */
  reveal(row: number): void {
    const y = row * this.#rowHeight;
    if (y < this.#top) this.#goTo(y);
    else if (y + this.#rowHeight > this.#top + this.#view) this.#goTo(y + this.#rowHeight - this.#view);
  }

  /** Scrolls so that `row` is in the middle, unless it is in view. */
  centre(row: number): void {
    const y = row * this.#rowHeight;
    if (!this.shows(row)) this.#goTo(Math.round(y - (this.#view - this.#rowHeight) / 2));
  }

  get #full(): number {
    return this.#count * this.#rowHeight;
  }

  #goTo(top: number): void {
    this.#top = this.#clamped(top);
    this.#scroll = this.#full <= this.#maxHeight ? this.#top : this.#ideal();
  }

  #clamped(top: number): number {
    return Math.max(0, Math.min(top, this.#full - this.#view));
  }

  /** The element's scroll that stands for the list's. */
  #ideal(): number {
    return Math.round((this.#top / (this.#full - this.#view)) * (this.height - this.#view));
  }
}
