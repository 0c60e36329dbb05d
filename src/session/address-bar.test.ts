import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AddressBar } from './address-bar.ts';

/** A window that writes down what its history is told. */
function barOf() {
  const log: string[] = [];
  const location = { hash: '#image=a', pathname: '/app/' };
  const history = {
    pushState: (_: unknown, __: string, url: string) => log.push(`push ${url}`),
    replaceState: (_: unknown, __: string, url: string) => log.push(`replace ${url}`),
  };
  const bar = new AddressBar({ location, history } as unknown as Window, 'http://x.test/app/');
  return { bar, log };
}

describe('the address bar', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes a step at once', () => {
    const { bar, log } = barOf();
    bar.write('#image=b', 'push');
    bar.write('', 'push');
    expect(log).toEqual(['push #image=b', 'push /app/']);
  });

  it('writes one address for a key that is held', () => {
    const { bar, log } = barOf();
    for (let i = 0; i < 500; i++) {
      bar.write(`#image=b&path=/${i}`, 'replace');
      vi.advanceTimersByTime(30);
    }
    expect(log).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(log).toEqual(['replace #image=b&path=/499']);
  });

  it('leaves the last place behind before it goes on', () => {
    const { bar, log } = barOf();
    bar.write('#image=b&path=/x', 'replace');
    bar.write('#image=b&view=config', 'push');
    vi.advanceTimersByTime(1000);
    expect(log).toEqual(['replace #image=b&path=/x', 'push #image=b&view=config']);
  });

  it('does not write over a place that the user went back to', () => {
    const { bar, log } = barOf();
    bar.write('#image=b&path=/x', 'replace');
    expect(bar.read()).toBe('#image=a');
    vi.advanceTimersByTime(1000);
    expect(log).toEqual([]);
  });
});
