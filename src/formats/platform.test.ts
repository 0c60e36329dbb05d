import { describe, expect, it } from 'vitest';
import { Problem } from '../base/problem.ts';
import { Json } from './json.ts';
import {
  matchPlatform,
  normalisePlatform,
  parsePlatform,
  parsePlatformText,
  platformText,
} from './platform.ts';

describe('a platform as text', () => {
  it.each([
    'linux/amd64',
    'linux/arm/v7',
    'windows(10.0.20348.2700)/amd64',
    'darwin/arm64',
    'linux/arm64/v8.2',
  ])('%s is read and printed back', (text) => expect(platformText(parsePlatformText(text))).toBe(text));

  it.each([
    '',
    'linux',
    'linux/',
    '/amd64',
    'linux/arm/v7/x',
    'linux/arm/',
    'li nux/amd64',
    'windows()/amd64',
    'a(b/amd64',
  ])('%j is none', (text) => {
    expect(() => parsePlatformText(text)).toThrow(Problem);
  });

  it('never has an empty part', () => {
    expect(platformText({ os: '', architecture: '' })).toBe('unknown/unknown');
  });
});

describe('the same machine', () => {
  // The names that containers' tools have given it.
  it.each([
    ['linux/amd64', 'linux/x86_64 linux/x86-64 Linux/AMD64 linux/amd64/v1'],
    ['linux/386', 'linux/i386'],
    ['linux/arm64', 'linux/aarch64 linux/arm64/v8 linux/arm64/8 linux/aarch64/v8'],
    ['linux/arm/v7', 'linux/arm linux/armhf linux/arm/7'],
    ['linux/arm/v6', 'linux/armel linux/arm/6'],
    ['darwin/arm64', 'macos/arm64'],
    ['linux/amd64/v3', 'linux/x86_64/V3'],
    ['linux/riscv64', 'linux/riscv64'],
  ])('%s is also %s', (name, others) => {
    for (const other of others.split(' ')) {
      expect(platformText(normalisePlatform(parsePlatformText(other)))).toBe(name);
      expect(matchPlatform(parsePlatformText(other), parsePlatformText(name))).toBe(0);
      expect(matchPlatform(parsePlatformText(name), parsePlatformText(other))).toBe(0);
    }
    const once = normalisePlatform(parsePlatformText(name));
    expect(normalisePlatform(once)).toEqual(once);
  });

  it.each<[wish: string, offered: string, match: 0 | 1 | null]>([
    ['linux/amd64', 'linux/amd64/v2', 1],
    ['linux/amd64/v2', 'linux/amd64', null],
    ['linux/arm', 'linux/arm/v6', 1],
    ['linux/arm/v7', 'linux/arm/v6', null],
    ['linux/arm64', 'linux/arm64/v9', 1],
    ['linux/amd64', 'windows/amd64', null],
    ['linux/amd64', 'linux/arm64', null],
    ['windows/amd64', 'windows(10.0.17763.1)/amd64', 0],
    ['windows(10.0.17763.1)/amd64', 'windows(10.0.17763.1)/amd64', 0],
    ['windows(10.0.17763.1)/amd64', 'windows(10.0.20348.1)/amd64', null],
  ])('%s, offered %s: %s', (wish, offered, match) => {
    expect(matchPlatform(parsePlatformText(wish), parsePlatformText(offered))).toBe(match);
  });
});

describe('a platform in JSON', () => {
  const read = (value: unknown) => parsePlatform(new Json(value, 'index'));

  it('has what it says, and no more', () => {
    expect(
      read({
        os: 'windows',
        architecture: 'amd64',
        'os.version': '10.0',
        'os.features': ['win32k'],
        features: [],
      }),
    ).toEqual({
      os: 'windows',
      architecture: 'amd64',
      osVersion: '10.0',
      osFeatures: ['win32k'],
    });
    expect(Object.keys(read({ os: 'a', architecture: 'b', variant: '' })!)).toEqual(['os', 'architecture']);
  });

  it('may say nothing', () => {
    expect(read({ os: '', architecture: '' })).toBeUndefined();
  });
});
