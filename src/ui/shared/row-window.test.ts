import { describe, expect, it } from 'vitest';
import { MAX_HEIGHT, RowWindow } from './row-window.ts';

const ROW = 26;
const VIEW = 520;

/** Rows wholly or partly in view: [first, last], reckoned from where the drawn rows stand on the screen. */
function inView(window: RowWindow): [number, number] {
  const rows: number[] = [];
  for (let row = window.first; row < window.end; row++) {
    const y = window.offset + (row - window.first) * ROW - window.scroll;
    if (y + ROW > 0 && y < VIEW) rows.push(row);
  }
  return [rows[0]!, rows.at(-1)!];
}

function windowOf(count: number): RowWindow {
  const window = new RowWindow(ROW);
  window.resize(count, VIEW);
  return window;
}

describe('a list that fits', () => {
  it('scrolls by the pixel', () => {
    const window = windowOf(1000);
    expect(window.height).toBe(26_000);
    expect(inView(window)).toEqual([0, 19]);
    window.scrolled(27);
    expect(inView(window)).toEqual([1, 21]);
    window.scrolled(26_000 - VIEW);
    expect(inView(window)).toEqual([980, 999]);
  });

  it('reveals with as little as needed, and stays in its bounds', () => {
    const window = windowOf(100);
    window.reveal(19);
    expect(window.scroll).toBe(0);
    window.reveal(20);
    expect(inView(window)).toEqual([1, 20]);
    window.centre(99);
    expect(inView(window)).toEqual([80, 99]);
    window.resize(5, VIEW);
    expect(inView(window)).toEqual([0, 4]);
    expect(window.scroll).toBe(0);
    window.resize(0, VIEW);
    expect([window.first, window.end, window.height]).toEqual([0, 0, 0]);
  });
});

describe('a list of four million rows', () => {
  const COUNT = 4_000_000;

  it('is no higher than browsers bear', () => {
    expect(windowOf(COUNT).height).toBe(MAX_HEIGHT);
  });

  it('shows its first and its last row at the ends of the bar', () => {
    const window = windowOf(COUNT);
    window.scrolled(MAX_HEIGHT - VIEW);
    expect(inView(window)[1]).toBe(COUNT - 1);
    window.scrolled(0);
    expect(inView(window)[0]).toBe(0);
  });

  it('moves by the pixel on small scrolls, whatever the scale, from end to end', () => {
    const window = windowOf(COUNT);
    window.centre(2_000_000);
    let [before] = inView(window);
    for (let i = 0; i < 5000; i++) {
      window.scrolled(window.scroll + 10 * ROW);
      const [after] = inView(window);
      expect(after - before).toBe(10);
      before = after;
    }
  });

  it('never sticks near an end', () => {
    const window = windowOf(COUNT);
    window.scrolled(900);
    for (let i = 0; i < 200 && inView(window)[0] > 0; i++) window.scrolled(Math.max(0, window.scroll - 100));
    expect(inView(window)[0]).toBe(0);
    window.scrolled(MAX_HEIGHT - VIEW - 900);
    for (let i = 0; i < 500 && inView(window)[1] < COUNT - 1; i++) {
      window.scrolled(Math.min(MAX_HEIGHT - VIEW, window.scroll + 100));
    }
    expect(inView(window)[1]).toBe(COUNT - 1);
  });

  it('has a slot for each row that is drawn', () => {
    const window = windowOf(COUNT);
    for (let scroll = 0; scroll < 5000; scroll += 7) {
      window.scrolled(scroll);
      expect(window.end - window.first).toBeLessThanOrEqual(window.slots);
    }
  });

  it('shows every row that is asked for', () => {
    const window = windowOf(COUNT);
    for (let row = 0; row < COUNT; row += 99_991) {
      window.reveal(row);
      const [first, last] = inView(window);
      expect(first <= row && row <= last).toBe(true);
      window.settled(window.scroll + 0.5);
      expect(inView(window)[0]).toBe(first);
    }
  });
});
