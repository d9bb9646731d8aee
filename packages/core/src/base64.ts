interface Native {
  fromBase64?(text: string): Uint8Array
}

/** The bytes of base64 text, either alphabet, white space ignored. Throws where it is none. */
export function fromBase64(text: string): Uint8Array {
  const standard = text.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/')
  const native = (Uint8Array as Native).fromBase64
  return native ? native.call(Uint8Array, standard) : Uint8Array.from(atob(standard), (char) => char.charCodeAt(0))
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  const native = bytes as { toBase64?(): string }
  if (native.toBase64) return native.toBase64()
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
