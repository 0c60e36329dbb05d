import { expect, it } from 'vitest';
import { parseConfig } from '../formats/config.ts';
import { utf8 } from '../base/bytes.ts';
import { secretsInConfig } from './config-secrets.ts';
import { mapHistory } from './history.ts';

/** Put together here: written out, it would be found by whoever looks for such in this project. */
const KEY = `${'AKIA'}ABCDEFGHIJKLMNOP`;
const TOKEN = `${'ghp'}_${'a1B2'.repeat(9)}`;

it('says where in a config keys and tokens stand, and not which', () => {
  const json = {
    architecture: 'amd64',
    os: 'linux',
    config: {
      Env: ['PATH=/bin', `AWS_ACCESS_KEY_ID=${KEY}`, 'PASSWORD=hunter2'],
      Labels: { note: `see ${TOKEN}`, plain: 'nothing' },
      Entrypoint: ['/app'],
      Cmd: ['--token', TOKEN],
    },
    rootfs: { type: 'layers', diff_ids: [] },
    history: [
      { created_by: 'FROM scratch', empty_layer: true },
      { created_by: `RUN curl -H "Authorization: ${TOKEN}" https://example.org`, empty_layer: true },
    ],
  };
  const content = parseConfig(utf8(JSON.stringify(json)));
  const config = { content } as Parameters<typeof secretsInConfig>[0]['config'];
  const found = secretsInConfig({ config, history: mapHistory(content.history, 0).steps });
  expect(found.map(({ kind, view, where }) => `${view}: ${kind} in ${where}`)).toEqual([
    'config: AWS access key in ENV AWS_ACCESS_KEY_ID',
    'config: GitHub token in LABEL note',
    'config: GitHub token in CMD',
    'history: GitHub token in step 2',
  ]);
  expect(JSON.stringify(found)).not.toContain(KEY);
});
