/**
 * Names of files are bytes. Inside of the file system they are texts with a character for each byte, so that any name is kept as it is
 * and limits count bytes; people's texts are UTF-8 of them.
 */
export type ByteText = string

/** A character for each byte. */
export function byteText(bytes: Uint8Array): ByteText {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** The bytes of a text with a character for each. */
export function bytesOf(text: ByteText): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}

/** From a text of people. */
export function toByteText(text: string): ByteText {
  return byteText(encoder.encode(text))
}

/** For people; undefined where the bytes are no UTF-8. */
export function fromByteText(text: ByteText): string | undefined {
  try {
    return decoder.decode(bytesOf(text))
  } catch {
    return undefined
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
