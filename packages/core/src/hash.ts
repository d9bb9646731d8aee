interface NodeCrypto {
  hash(algorithm: 'sha256', data: string | Uint8Array, encoding: 'hex'): string
}

/** Where Node is: its own hash takes 2 µs, the platform's 48 µs through a thread (gemini-wire.md 1.12). Asked for late: at module level it costs 7 ms of import. */
function nodeCrypto(): NodeCrypto | undefined {
  const host = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } }
  return host.process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
}

/** SHA-256, in lower-case hex. Text is hashed as UTF-8. In a browser it wants a secure context (https, or localhost), as the platform's own does. */
export async function sha256(data: string | Uint8Array): Promise<string> {
  const node = nodeCrypto()
  if (node) return node.hash('sha256', data, 'hex')
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
  let hex = ''
  for (const byte of new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))) hex += byte.toString(16).padStart(2, '0')
  return hex
}
