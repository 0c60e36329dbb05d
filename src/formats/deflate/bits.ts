/** 25 bits at least of `input`, from bit `bit` on, the first one lowest; what is above them may be anything. */
export function peek(input: DataView, bit: number): number {
  return input.getInt32(bit >>> 3, true) >> (bit & 7);
}
