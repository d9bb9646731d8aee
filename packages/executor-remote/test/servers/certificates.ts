import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What a client needs for TLS with a server of the tests, as PEM. */
export interface ClientTls {
  readonly ca: string
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly servername?: string | undefined
}

/** A certificate that signed itself, as PEM and as files. Disposing removes the files. */
export interface Certificate extends Disposable {
  readonly cert: string
  readonly key: string
  readonly certFile: string
  readonly keyFile: string
  /** Its DNS name; undefined where it has the address alone. */
  readonly name: string | undefined
}

/** Of these names: `IP:127.0.0.1`, `DNS:jupyter.example`. Made by the program `openssl`; throws where there is none. */
export function selfSigned(...names: readonly string[]): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-certificate-'))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', '/CN=interloop tests', '-addext', `subjectAltName=${names.join(',')}`]
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' })
  return {
    cert: readFileSync(certFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
    certFile,
    keyFile,
    name: names.find((name) => name.startsWith('DNS:'))?.slice('DNS:'.length),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Why there are no certificates here, to be put into names of tests; undefined where there are. */
export function missingOpenssl(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return undefined
  } catch {
    return 'skipped: no openssl'
  }
}

/** `fetch` takes no certificates. */
export async function askOverTls(url: string, options: RequestOptions, body: string | undefined): Promise<Response> {
  const asked = request(url, options)
  asked.end(body)
  const [answer]: IncomingMessage[] = await once(asked, 'response')
  if (answer === undefined) throw new Error('no answer')
  const received = await text(answer)
  return new Response(received === '' ? null : received, { status: answer.statusCode ?? 0 })
}
