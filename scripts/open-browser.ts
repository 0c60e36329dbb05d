/** Opens an address in the browser of whoever sits here. */
import { spawn } from 'node:child_process';

/** A program that fails says so by then; some stay until the browser is closed. Milliseconds. */
const TOLD_MS = 2000;

/** Why it could not be opened, or null. `BROWSER` names another program, or `none`. */
export function openBrowser(
  address: string,
  {
    platform = process.platform,
    env = process.env,
  }: { platform?: NodeJS.Platform; env?: NodeJS.ProcessEnv } = {},
): Promise<string | null> {
  const { BROWSER: given } = env;
  if (given === 'none') return Promise.resolve('BROWSER is “none”');
  const hasScreen = env['DISPLAY'] || env['WAYLAND_DISPLAY'] || platform === 'win32' || platform === 'darwin';
  if (!given && !hasScreen) return Promise.resolve('there is no display here');
  const [program, ...args] = given
    ? [given]
    : platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true, env });
    const timer = setTimeout(() => resolve(null), TOLD_MS);
    const settle = (why: string | null) => {
      clearTimeout(timer);
      resolve(why);
    };
    child.on('error', ({ message }) => settle(message));
    child.on('exit', (code) => settle(code === 0 ? null : `${program} ended with ${code}`));
    child.unref();
  });
}
