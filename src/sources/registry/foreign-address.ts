import { isLoopback } from './api-host.ts';

/**
 * Whether a layer may be had from `text` (a descriptor's `urls`): https, or loopback where the registry (`api`, its origin)
 * is on loopback itself: a stranger's image must not make a page call the services of the machine it runs on.
 */
export function isForeignAddress(text: string, api: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return false;
  if (isLoopback(url)) return isLoopback(new URL(api)) && /^https?:$/.test(url.protocol);
  return url.protocol === 'https:';
}
