/** MIME types by the ending of a name: what models write, and the types that Gemini takes (gemini-wire.md 3.4). */
const BY_ENDING: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  bmp: 'image/bmp',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  xml: 'text/xml',
  json: 'application/json',
  jsonl: 'application/jsonl',
  py: 'text/x-python',
  js: 'text/javascript',
  ts: 'text/x-typescript',
  java: 'text/x-java',
  cpp: 'text/x-c++src',
  css: 'text/css',
  yaml: 'text/yaml',
  yml: 'text/yaml',
  zip: 'application/zip',
  gz: 'application/gzip',
  parquet: 'application/vnd.apache.parquet',
  sqlite: 'application/vnd.sqlite3',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xls: 'application/vnd.ms-excel',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  webm: 'video/webm',
}

/** The type of a file by its name; bytes of no known kind are `application/octet-stream`. */
export function mediaTypeOf(path: string): string {
  const ending = /\.([^./]*)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  // Programs choose names: `x.constructor` must not find what every object has.
  return (Object.hasOwn(BY_ENDING, ending) && BY_ENDING[ending]) || 'application/octet-stream'
}

/** The ending for a file of a type, without the dot: `csv`. */
export function endingFor(mimeType: string): string {
  const plain = bareType(mimeType)
  for (const ending in BY_ENDING) if (BY_ENDING[ending] === plain) return ending
  return plain.startsWith('text/') ? 'txt' : 'bin'
}

/** A type without its parameters, in lower case. */
export function bareType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase()
}
