import { expect, it } from 'vitest';
import { parseDigest, type Digest } from '../../formats/digest.ts';
import type { Image } from '../../image/image.ts';
import type { Origin } from '../../sources/origin.ts';
import { digestLinks } from './digest-links.ts';

const digest = (digit: string): Digest => parseDigest(`sha256:${digit.repeat(64)}`);
const described = (digit: string) => ({ descriptor: { mediaType: '', digest: digest(digit), size: 1 } });

/** As much of an image as links look at. */
const IMAGE = {
  indexes: [described('1')],
  platforms: [
    { ...described('2'), platform: null },
    { ...described('3'), platform: null },
  ],
  attestations: [{ ...described('4'), about: null }],
  manifest: { ...described('2'), content: {} },
  config: described('5'),
  layers: [
    { ...described('6'), diffId: digest('7'), step: null },
    { ...described('8'), diffId: null, step: null },
    { ...described('6'), diffId: digest('7'), step: null },
  ],
} as unknown as Image;

const draw = (origin: Origin, address: string) =>
  [...digestLinks(origin, IMAGE, address)]
    .sort()
    .map(([from, to]) => `${from.at(-1)} ${to.replace(/([0-9a-f])\1{63}/g, '$1')}`)
    .join('\n');

it('opens what a registry has by its digest, and shows what is open already', () => {
  const origin: Origin = { kind: 'registry', registry: 'localhost:5000', repository: 'app', tag: '1' };
  expect(draw(origin, '#image=localhost:5000/app:1&path=/etc'))
    .toBe(`1 #image=localhost:5000/app:1&path=/etc&view=index
2 #image=localhost:5000/app:1&path=/etc&view=manifest
3 #image=localhost:5000/app@sha256:3
4 #image=localhost:5000/app@sha256:4
5 #image=localhost:5000/app:1&path=/etc&view=config
6 #image=localhost:5000/app:1&layer=0&path=/etc&view=layers
7 #image=localhost:5000/app:1&layer=0&path=/etc&view=layers
8 #image=localhost:5000/app:1&layer=1&path=/etc&view=layers`);
});

it('goes through the index of a layout', () => {
  const origin: Origin = { kind: 'layout', url: 'https://page.example/sample/' };
  expect(draw(origin, '#layout=sample/')).toBe(`1 #layout=sample/&view=index
2 #layout=sample/&view=manifest
3 #layout=sample/&platform=sha256:3
5 #layout=sample/&view=config
6 #layout=sample/&layer=0&view=layers
7 #layout=sample/&layer=0&view=layers
8 #layout=sample/&layer=1&view=layers`);
});
