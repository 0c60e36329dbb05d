/** Keys and tokens in what an image says of itself: whoever pulls it can read that, too. */
import { secretIn } from './find/secrets.ts';
import type { Image } from './image.ts';

export interface ConfigSecret {
  /** As `secretIn` names it. */
  readonly kind: string;
  readonly view: 'config' | 'history';
  /** `ENV DATABASE_URL`, `LABEL …`, `step 3`: without what was found. */
  readonly where: string;
}

/** Characters of a text that are looked at. */
const MAX_TEXT = 64 * 1024;

export function secretsInConfig({ config, history }: Pick<Image, 'config' | 'history'>): ConfigSecret[] {
  const { env, labels, entrypoint, cmd } = config.content.config;
  const found: ConfigSecret[] = [];
  const look = (view: ConfigSecret['view'], where: string, text: string) => {
    const kind = secretIn(text.slice(0, MAX_TEXT));
    if (kind !== null) found.push({ kind, view, where });
  };
  for (const one of env) look('config', `ENV ${one.split('=')[0]!}`, one);
  for (const [name, value] of labels) look('config', `LABEL ${name}`, value);
  look('config', 'ENTRYPOINT', entrypoint.join(' '));
  look('config', 'CMD', cmd.join(' '));
  history.forEach(({ createdBy, comment }, i) =>
    look('history', `step ${i + 1}`, `${createdBy}\n${comment}`),
  );
  return found;
}
