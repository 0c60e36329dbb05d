import { describe, expect, it } from 'vitest';
import { utf8 } from '../../base/bytes.ts';
import { parseConfig } from '../../formats/config.ts';
import { configDifferences } from './config-differences.ts';

const config = (value: object) =>
  parseConfig(utf8(JSON.stringify({ os: 'linux', architecture: 'amd64', ...value })));

describe('what is different in how two images run', () => {
  it('is told name by name, what is the same left out', () => {
    const before = config({
      created: '2025-01-01T00:00:00Z',
      config: {
        Env: ['PATH=/bin', 'A=1', 'GONE=x'],
        Cmd: ['sh'],
        Labels: { v: '1', same: 's' },
        User: 'root',
      },
    });
    const after = config({
      created: '2026-01-01T00:00:00Z',
      config: {
        Env: ['PATH=/bin', 'A=2', 'NEW='],
        Cmd: ['sh', '-c'],
        Labels: { v: '2', same: 's' },
        User: 'root',
      },
    });
    expect(configDifferences(before, after)).toEqual([
      { name: 'Command', before: '["sh"]', after: '["sh", "-c"]' },
      { name: '$A', before: '1', after: '2' },
      { name: '$NEW', before: null, after: '' },
      { name: 'Label v', before: '1', after: '2' },
      { name: '$GONE', before: 'x', after: null },
    ]);
    expect(configDifferences(before, before)).toEqual([]);
  });

  it('takes the last of an environment that names one twice, and any label as a name', () => {
    const before = config({ config: { Env: ['A=1', 'A=2'], Labels: { __proto__x: '1', toString: 'x' } } });
    const after = config({ config: { Env: ['A=2'], Labels: { __proto__x: '1' } } });
    expect(configDifferences(before, after)).toEqual([{ name: 'Label toString', before: 'x', after: null }]);
  });
});
