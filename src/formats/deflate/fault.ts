/** The bytes are no deflate data. `message` is zlib's for it. */
export class DeflateFault extends Error {
  override readonly name = 'DeflateFault';
}
