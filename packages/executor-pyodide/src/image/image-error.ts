/** An image, or what it is built from, is not what it has to be. The message says what is wrong, without saying where the file is. */
export class ImageError extends Error {
  override readonly name = 'ImageError'
}
