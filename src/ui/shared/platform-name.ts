import { platformText, type Platform } from '../../formats/platform.ts';

/** `linux/arm64/v8`; words where nobody stated it. */
export function platformName(platform: Platform | null): string {
  return platform === null ? 'platform not stated' : platformText(platform);
}
