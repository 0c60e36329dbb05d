import type { Digest } from '../formats/digest.ts';
import { platformText } from '../formats/platform.ts';
import type { PlatformChoice } from '../image/image.ts';

/** What `choices` has `digest` under, as a link can say it. */
export function platformWish(choices: readonly PlatformChoice[], digest: Digest): string {
  const text = (choice: PlatformChoice) => choice.platform && platformText(choice.platform);
  const chosen = choices.find(({ descriptor }) => descriptor.digest === digest);
  const wish = chosen && text(chosen);
  return wish && choices.filter((choice) => text(choice) === wish).length === 1 ? wish : digest;
}
