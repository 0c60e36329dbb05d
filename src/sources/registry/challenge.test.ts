import { describe, expect, it } from 'vitest';
import { Random } from '../../testing/random.ts';
import { parseChallenges } from './challenge.ts';

/** Drawn: `scheme name=value name=value`, one challenge a line. */
function draw(header: string): string {
  return parseChallenges(header)
    .map(({ scheme, params }) =>
      [scheme, ...[...params].map(([name, value]) => `${name}=${value}`)].join(' '),
    )
    .join('\n');
}

describe('the challenges of a header', () => {
  it.each([
    ['Basic', 'basic'],
    ['Basic realm="a b"', 'basic realm=a b'],
    ['Basic realm="a", Bearer realm="b",service=c', 'basic realm=a\nbearer realm=b service=c'],
    // Gitea's two headers, as fetch joins them.
    [
      'Bearer realm="https://a/v2/token",service="container_registry",scope="*", Basic realm="Gitea Container Registry"',
      'bearer realm=https://a/v2/token service=container_registry scope=*\nbasic realm=Gitea Container Registry',
    ],
    ['Negotiate, Basic realm=x', 'negotiate\nbasic realm=x'],
    ['Negotiate YWJj==, Basic realm=x', 'negotiate\nbasic realm=x'],
    ['Negotiate YWJj, Basic realm=x', 'negotiate\nbasic realm=x'],
    [',, Basic realm=x ,, , Bearer realm=y,', 'basic realm=x\nbearer realm=y'],
    ['Basic realm="a,b=c, Bearer x=y"', 'basic realm=a,b=c, Bearer x=y'],
    ['Basic realm=""', 'basic realm='],
    ['Basic realm=a, realm=b', 'basic realm=a'],
    ['Basic __proto__=a', 'basic __proto__=a'],
    ['Bearer realm="a" Basic realm="b"', 'bearer realm=a'],
    ['=', ''],
    ['"', ''],
  ])('%s', (header, drawn) => expect(draw(header)).toBe(drawn));

  it('are found in linear time, and in any text', () => {
    const random = new Random(5);
    const pieces = ['Basic', 'Bearer', 'realm', '=', '"', '\\', ',', ' ', '\t', 'a b', 'é', '\0', '=='];
    for (let i = 0; i < 5000; i++) {
      const header = Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('');
      for (const { scheme } of parseChallenges(header)) expect(scheme).toBe(scheme.toLowerCase());
    }
    for (const piece of ['a,', 'a=b,', '"', 'a ', ',', '=', '\\"']) {
      const started = performance.now();
      parseChallenges(piece.repeat(50_000));
      // Quadratic would be minutes; a busy machine is not.
      expect(performance.now() - started).toBeLessThan(3000);
    }
  });
});
