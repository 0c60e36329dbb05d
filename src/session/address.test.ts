import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { Random } from '../testing/random.ts';
import { fragmentOfQuery, NOWHERE, parseAddress, printAddress, sameImage, type Address } from './address.ts';
import { VIEWS } from './view.ts';

const image = (reference: string, more: Partial<Address> = {}): Address => ({
  ...NOWHERE,
  target: { kind: 'image', reference },
  ...more,
});

describe('an address', () => {
  it.each<[string, Address]>([
    ['', NOWHERE],
    ['#', NOWHERE],
    ['#image=', NOWHERE],
    ['#path=/etc', { ...NOWHERE, path: utf8('/etc') }],
    ['#image=ghcr.io/org/app:1.4', image('ghcr.io/org/app:1.4')],
    ['?image=alpine', image('alpine')],
    [
      '#image=alpine&platform=linux/arm64&path=/etc/passwd&view=layers',
      image('alpine', { platform: 'linux/arm64', path: utf8('/etc/passwd'), view: 'layers' }),
    ],
    ['#image=x&layer=0', image('x', { layer: 0 })],
    ['#image=x&upto=3&path=/etc', image('x', { upto: 3, path: utf8('/etc') })],
    ['#image=x&layer=12&path=/etc', image('x', { layer: 12, path: utf8('/etc') })],
    ...['', '-1', '1.5', '1e3', '0x1', '99999', 'top', '٣'].map((layer): [string, Address] => [
      `#image=x&layer=${layer}`,
      image('x'),
    ]),
    ['#image=localhost%3A5000%2Fx', image('localhost:5000/x')],
    ['#image=[::1]:5000/x', image('[::1]:5000/x')],
    ['#image=x&view=nonsense', image('x')],
    ['#image=x&path=%ff%2fa', image('x', { path: Uint8Array.of(0xff, 0x2f, 0x61) })],
    ['#image=x&path=/50%&__proto__=1', image('x', { path: utf8('/50%') })],
    ['#image=x&path=/a+b', image('x', { path: utf8('/a+b') })],
    ['#image=x&path=/a&line=12', image('x', { path: utf8('/a'), line: 12 })],
    ['#image=x&line=12', image('x')],
    ...['', '0', '-1', '1.5', '012', '1e3', '9999999999', 'last'].map((line): [string, Address] => [
      `#image=x&path=/a&line=${line}`,
      image('x', { path: utf8('/a') }),
    ]),
    ['#layout=sample/', { ...NOWHERE, target: { kind: 'layout', url: 'sample/' } }],
    [
      '#layout=https://x.test/l/&name=v1',
      { ...NOWHERE, target: { kind: 'layout', url: 'https://x.test/l/', name: 'v1' } },
    ],
    ['#local=app.tar', { ...NOWHERE, target: { kind: 'local', file: 'app.tar' } }],
    [
      '#local=my%20app.tar~2&name=app:1&path=/etc',
      { ...NOWHERE, target: { kind: 'local', file: 'my app.tar~2', name: 'app:1' }, path: utf8('/etc') },
    ],
    ['#local=a&layout=b&image=c', image('c')],
    ['#local=', NOWHERE],
    ['#cache', { ...NOWHERE, page: 'cache' }],
    ['#cache=1', NOWHERE],
    ['#tags=ghcr.io/o/a', { ...NOWHERE, target: { kind: 'tags', repository: 'ghcr.io/o/a' } }],
    ['#tags=a&item=1.2', { ...NOWHERE, target: { kind: 'tags', repository: 'a' }, item: '1.2' }],
    ['#tags=', NOWHERE],
    ['#catalog=r:5000', { ...NOWHERE, target: { kind: 'catalog', registry: 'r:5000' } }],
    ['#catalog=r&tags=a&image=x', image('x')],
    ['#image=x&view=attached&item=sha256:00', image('x', { view: 'attached', item: 'sha256:00' })],
    ['#cache&image=x', image('x')],
  ])('reads %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it('prints links that a person can read', () => {
    const address = image('ghcr.io/o/a:1@sha256:00', { platform: 'linux/arm/v7', path: utf8('/etc/a b&c') });
    expect(printAddress(address)).toBe(
      '#image=ghcr.io/o/a:1@sha256:00&platform=linux/arm/v7&path=/etc/a%20b%26c',
    );
  });

  it.each(['#tags=ghcr.io/o/a&item=1.2', '#catalog=%5B::1%5D:5000', '#image=x&view=attached&item=a'])(
    'prints what it reads: %s',
    (text) => expect(printAddress(parseAddress(text))).toBe(text),
  );

  it('prints the page of its own that it reads', () => {
    expect(printAddress(parseAddress('#cache'))).toBe('#cache');
  });

  it('prints no bracket, at which programs cut a link that they find in text', () => {
    expect(printAddress(image('[::1]:5000/x'))).toBe('#image=%5B::1%5D:5000/x');
  });

  it('survives print and parse, whatever bytes a path has', () => {
    const random = new Random(7);
    for (let round = 0; round < 500; round++) {
      const path = Uint8Array.from({ length: 1 + (round % 40) }, () => random.below(256));
      const view = VIEWS[round % VIEWS.length]!;
      const layer = round % 3 ? round * 19 : null;
      const platform = round % 2 ? 'linux/amd64' : null;
      const line = round % 5 ? round : null;
      const find = round % 4 ? '' : `re:^a&b=${round}\\d+ text:"two words" -é%41`;
      const upto = round % 5 ? null : round;
      const member = round % 3 ? null : `lib/${round}%21é.jar!/META-INF/a b&c=d`;
      const other = round % 2 ? null : `r/${round}@sha256:${'0'.repeat(64)}`;
      const compared = { with: other, withPlatform: round % 3 ? null : 'linux/arm64/v8' };
      const looked = { path, member, view, platform, layer, upto, line, find };
      const address = image(`r/${round}:tag`, { ...looked, ...compared });
      expect(parseAddress(printAddress(address))).toEqual(address);
    }
  });

  it('survives print and parse, whatever a file is called', () => {
    const random = new Random(11);
    const letters = ['a', '/', ' ', '&', '=', '#', '%', '+', '~2', '\u202e', 'é', '名', '\n'] as const;
    const word = () => Array.from({ length: random.between(1, 9) }, () => random.pick(letters)).join('');
    for (let round = 0; round < 300; round++) {
      const named = round % 2 ? { name: word() } : {};
      const address: Address = { ...NOWHERE, target: { kind: 'local', file: word(), ...named } };
      expect(parseAddress(printAddress(address))).toEqual(address);
    }
  });

  it.each([
    ['?image=alpine', '', '#image=alpine'],
    ['?image=ghcr.io%2Fo%2Fa:1&utm_source=x', '', '#image=ghcr.io/o/a:1'],
    ['?image=alpine&path=/etc', '#view=layers', '#image=alpine&path=/etc&view=layers'],
    ['?image=alpine&path=/etc', '#path=/usr', '#image=alpine&path=/usr'],
    ['?layout=sample/', '#', '#layout=sample/'],
    ['?image=alpine', '#image=debian&view=layers', '#image=debian&view=layers'],
    ['?image=alpine', '#layout=sample/', '#layout=sample/'],
    ['?utm_source=x', '#image=debian', null],
    ['?image=', '', null],
    ['', '#image=debian', null],
  ])('moves %s into %s: %s', (query, fragment, moved) => {
    expect(fragmentOfQuery(query, fragment)).toBe(moved);
  });

  it('tells another view of the same image from another image', () => {
    const one = image('alpine', { view: 'config' });
    expect(sameImage(one, image('alpine', { path: utf8('/x'), layer: 1 }))).toBe(true);
    expect(sameImage(one, image('alpine', { platform: 'linux/arm64' }))).toBe(false);
    expect(sameImage(one, image('debian'))).toBe(false);
  });
});
