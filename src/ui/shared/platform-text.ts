import type { Platform } from '../../formats/platform.ts';

/** `linux/arm64/v8`, `windows/amd64 10.0.20348.2402`; null says that nobody stated it. */
export function platformText(platform: Platform | null): string {
  if (platform === null) return 'platform not stated';
  const parts = [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])];
  return parts.join('/') + (platform.osVersion ? ` ${platform.osVersion}` : '');
}
