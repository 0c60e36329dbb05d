export function capabilityWords(_: Uint8Array): string | null {
  return null;
}
