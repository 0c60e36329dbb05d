import { expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { parseConfig } from '../../formats/config.ts';
import { configFacts } from './config-facts.ts';

const draw = (json: object) =>
  configFacts(parseConfig(utf8(JSON.stringify(json))))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

it('says what the config says, and nothing else', () => {
  expect(
    draw({
      os: 'linux',
      architecture: 'arm64',
      variant: 'v8',
      config: {
        Entrypoint: ['/bin/app', 'a","b'],
        Cmd: ['serve'],
        ExposedPorts: { '80/tcp': {}, '443/tcp': {} },
        Healthcheck: { Test: ['CMD-SHELL', 'curl -f localhost'], Interval: 30e9, Retries: 3 },
      },
    }),
  ).toBe(`Entrypoint: ["/bin/app", "a\\",\\"b"]
Command: ["serve"]
Ports: 80/tcp  443/tcp
Health check: curl -f localhost, every 30 s, 3 tries
Platform: linux/arm64/v8`);
  expect(draw({})).toBe('');
  expect(draw({ config: { Healthcheck: { Test: ['NONE'] } } })).toBe('Health check: none');
});
