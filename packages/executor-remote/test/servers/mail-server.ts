import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** A mail server that keeps what it is sent. */
export interface MailServer extends AsyncDisposable {
  readonly port: number
  /** The lines of each mail that was sent whole. */
  readonly mails: readonly (readonly string[])[]
}

/** As much of SMTP (RFC 5321) as `smtplib` speaks to send one mail. */
export async function mailServer(): Promise<MailServer> {
  const mails: (readonly string[])[] = []
  const server = createServer((socket) => void answer(socket, (mail) => mails.push(mail)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // of a server that listens on a port it is no text
    mails,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(socket: Socket, sent: (mail: readonly string[]) => void): Promise<void> {
  socket.on('error', () => undefined) // a client that is killed
  socket.write('220 test\r\n')
  let mail: string[] | undefined
  for await (const line of createInterface(socket)) {
    if (mail === undefined) {
      const command = line.slice(0, 4).toUpperCase()
      if (command === 'DATA') mail = []
      socket.write(command === 'DATA' ? '354 go on\r\n' : command === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      if (command === 'QUIT') socket.end()
    } else if (line === '.') {
      sent(mail)
      mail = undefined
      socket.write('250 ok\r\n')
    } else mail.push(line)
  }
}
