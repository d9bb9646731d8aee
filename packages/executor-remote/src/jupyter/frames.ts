/** A message of the Jupyter protocol, as far as we use it. */
export interface Message {
  readonly channel: string
  readonly header: { readonly msg_id: string; readonly msg_type: string }
  /** Empty where nothing was asked. */
  readonly parent: { readonly msg_id?: string | undefined }
  readonly metadata: Readonly<Record<string, unknown>>
  readonly content: Readonly<Record<string, unknown>>
}

/** A message that is sent. */
export interface Outgoing {
  readonly channel: 'shell' | 'control'
  readonly type: string
  readonly id: string
  readonly content: object
  readonly metadata?: object | undefined
}

/** The binary form; servers that do not know it get JSON (remote.md 1.2). */
export const V1 = 'v1.kernel.websocket.jupyter.org'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** One frame: little-endian count and offsets of its parts, then channel, header, parent header, metadata and content. */
export function encodeV1(message: Outgoing, session: string): Uint8Array {
  const { header, content, metadata } = bodyOf(message, session)
  const parts = [message.channel, ...[header, {}, metadata, content].map((part) => JSON.stringify(part))].map((text) =>
    encoder.encode(text),
  )
  const tableBytes = 8 * (parts.length + 2)
  const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, tableBytes))
  const view = new DataView(frame.buffer)
  view.setBigUint64(0, BigInt(parts.length + 1), true)
  let offset = tableBytes
  for (const [index, part] of parts.entries()) {
    view.setBigUint64(8 * (index + 1), BigInt(offset), true)
    frame.set(part, offset)
    offset += part.length
  }
  view.setBigUint64(8 * (parts.length + 1), BigInt(offset), true)
  return frame
}

/** The form of servers without the subprotocol: JSON as text. */
export function encodeLegacy(message: Outgoing, session: string): string {
  return JSON.stringify({ channel: message.channel, ...bodyOf(message, session), parent_header: {}, buffers: [] })
}

/** A binary frame of the v1 subprotocol. Throws an `Error` that says what is wrong with it. */
export function decodeV1(frame: Uint8Array): Message {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 8) throw new Error(`a frame of ${frame.length} bytes is too short`)
  const count = Number(view.getBigUint64(0, true))
  if (count < 6 || count > 1_000 || 8 * (count + 1) > frame.length) throw new Error(`a frame cannot have ${count} offsets`)
  const offsets = Array.from({ length: count }, (_, index) => Number(view.getBigUint64(8 * (index + 1), true)))
  const text = (index: number) => {
    const [start = 0, end = 0] = offsets.slice(index, index + 2)
    if (start > end || end > frame.length) throw new Error(`part ${index} of a frame lies outside of it`)
    return decoder.decode(frame.subarray(start, end))
  }
  const [header, parent, metadata, content] = [1, 2, 3, 4].map((index): unknown => JSON.parse(text(index)))
  return messageOf(text(0), header, parent, metadata, content)
}

/** A text frame. Throws an `Error` that says what is wrong with it. */
export function decodeLegacy(frame: string): Message {
  const { channel, header, parent_header: parent, metadata, content } = recordOf(JSON.parse(frame))
  return messageOf(channel, header, parent, metadata, content)
}

function messageOf(channel: unknown, header: unknown, parent: unknown, metadata: unknown, content: unknown): Message {
  const { msg_id, msg_type } = recordOf(header)
  if (typeof channel !== 'string' || typeof msg_type !== 'string') throw new Error('a message has no channel or no type')
  const parentId = recordOf(parent)['msg_id']
  return {
    channel,
    header: { msg_id: typeof msg_id === 'string' ? msg_id : '', msg_type },
    parent: typeof parentId === 'string' ? { msg_id: parentId } : {},
    metadata: recordOf(metadata),
    content: recordOf(content),
  }
}

/** Any value as an object whose members can be looked at; empty where it is none. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function bodyOf({ type, id, content, metadata = {} }: Outgoing, session: string): { header: object; metadata: object; content: object } {
  const header = { msg_id: id, session, username: 'interloop', date: new Date().toISOString(), msg_type: type, version: '5.3' }
  return { header, metadata, content }
}
