import { expect } from 'vitest'
import { type ContractCase, failureOf, python, subject } from './case.ts'

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** Files of a session's working folder: in, out, by name (design.md 6). */
export const fileCases: readonly ContractCase[] = subject('files', [
  {
    name: 'gives a program the file that was put',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'put.txt', content: 'Grüße\n' })
      const result = await lab.run(session, `print(open('put.txt', encoding='utf-8').read(), end='')`)
      expect(result.stdout).toBe('Grüße\n')
    },
  },
  {
    name: 'reads and lists what a program wrote',
    async run(lab) {
      const session = await lab.shared()
      await lab.run(session, `with open('written.txt', 'w', encoding='utf-8') as file:\n    file.write('zwölf')`)
      expect(new TextDecoder().decode(await session.files.read('written.txt'))).toBe('zwölf')
      expect(await session.files.list()).toContainEqual({ path: 'written.txt', size: 6 })
    },
  },
  {
    name: 'has the files of createSession before the first program',
    async run(lab) {
      const session = await lab.session({ files: [{ path: 'first.csv', content: 'a,b\n1,2\n' }] })
      expect(await session.files.list()).toEqual([{ path: 'first.csv', size: 8 }])
      const result = await lab.run(session, `import os\nprint(os.listdir('.'), open('first.csv').read())`)
      expect(result.stdout).toBe(`['first.csv'] a,b\n1,2\n\n`)
    },
  },
  {
    name: 'has the files of a request before its program, and afterwards',
    async run(lab) {
      const session = await lab.shared()
      const files = [{ path: 'of-request.txt', content: 'with the request' }]
      const first = await lab.run(session, `print(open('of-request.txt').read())`, { files })
      const second = await lab.run(session, `print(open('of-request.txt').read())`)
      expect([first.stdout, second.stdout]).toEqual(['with the request\n', 'with the request\n'])
    },
  },
  {
    name: 'gives a file its further names',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'sales 2026.csv', content: 'x\n', aliases: ['input_file_0.csv', 'nested/alias.csv'] })
      const result = await lab.run(
        session,
        `print([open(name).read() for name in ('sales 2026.csv', 'input_file_0.csv', 'nested/alias.csv')])`,
      )
      expect(result.stdout).toBe(`['x\\n', 'x\\n', 'x\\n']\n`)
    },
  },
  {
    name: 'makes the folders that a path names',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'data/deep/er/leaf.txt', content: 'leaf' })
      const result = await lab.run(
        session,
        `import os\nprint(open('data/deep/er/leaf.txt').read())\nos.makedirs('out/er')\nopen('out/er/made.txt', 'w').write('made')`,
      )
      expect(result.stdout).toBe('leaf\n')
      const paths = (await session.files.list()).map((file) => file.path)
      expect(paths).toEqual(expect.arrayContaining(['data/deep/er/leaf.txt', 'out/er/made.txt']))
      expect(paths).not.toContain('out')
      expect(new TextDecoder().decode(await session.files.read('out/er/made.txt'))).toBe('made')
    },
  },
  {
    name: 'carries every byte both ways',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'bytes.bin', content: ALL_BYTES })
      const result = await lab.run(
        session,
        python`
          data = open('bytes.bin', 'rb').read()
          print(data == bytes(range(256)))
          with open('twice.bin', 'wb') as file:
              file.write(data[::-1] * 2)
        `,
      )
      expect(result.stdout).toBe('True\n')
      const reversed = ALL_BYTES.toReversed()
      expect(await session.files.read('twice.bin')).toEqual(Uint8Array.from([...reversed, ...reversed]))
    },
  },
  {
    name: 'carries a file of two megabytes both ways',
    async run(lab) {
      const session = await lab.shared()
      const content = Uint8Array.from({ length: 2 * 2 ** 20 }, (_, index) => (index * 31 + (index >> 8)) & 255)
      await session.files.put({ path: 'large.bin', content })
      const result = await lab.run(session, `import hashlib\nprint(hashlib.sha256(open('large.bin', 'rb').read()).hexdigest())`)
      expect(result.stdout.trim()).toBe(await sha256(content))
      expect(await sha256(await session.files.read('large.bin'))).toBe(await sha256(content))
    },
  },
  {
    name: 'carries an empty file both ways',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'empty-in.txt', content: '' })
      const result = await lab.run(session, `print(len(open('empty-in.txt').read()))\nopen('empty-out.txt', 'w').close()`)
      expect(result.stdout).toBe('0\n')
      expect(await session.files.read('empty-out.txt')).toEqual(new Uint8Array())
      expect(await session.files.list()).toEqual(
        expect.arrayContaining([
          { path: 'empty-in.txt', size: 0 },
          { path: 'empty-out.txt', size: 0 },
        ]),
      )
    },
  },
  {
    name: 'takes names beyond ASCII, with spaces and quotes',
    async run(lab) {
      const session = await lab.shared()
      const path = `Übersicht "neu" – it's 漢字 😀.txt`
      await session.files.put({ path, content: 'named' })
      const result = await lab.run(session, `print(open(${JSON.stringify(path)}).read())`)
      expect(result.stdout).toBe('named\n')
      expect((await session.files.list()).map((file) => file.path)).toContain(path)
      expect(new TextDecoder().decode(await session.files.read(path))).toBe('named')
    },
  },
  {
    name: 'replaces a file that is put again',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'again.txt', content: 'a longer first version' })
      await session.files.put({ path: 'again.txt', content: 'second' })
      const result = await lab.run(session, `print(open('again.txt').read())`)
      expect(result.stdout).toBe('second\n')
    },
  },
  {
    name: 'removes a file, and takes one that is not there as removed',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'gone.txt', content: 'x' })
      await session.files.remove('gone.txt')
      await session.files.remove('gone.txt')
      await session.files.remove('never/was.txt')
      const result = await lab.run(session, `import os\nprint(os.path.exists('gone.txt'))`)
      expect(result.stdout).toBe('False\n')
      expect((await session.files.list()).map((file) => file.path)).not.toContain('gone.txt')
    },
  },
  {
    name: 'refuses to read what is not there with not_found',
    async run(lab) {
      const session = await lab.shared()
      for (const path of ['missing.txt', 'no/folder/missing.txt']) {
        expect(await failureOf(session.files.read(path))).toMatchObject({ name: 'ExecutorError', code: 'not_found' })
      }
    },
  },
  {
    name: 'counts paths from the working folder, wherever a program went',
    async run(lab) {
      const session = await lab.session()
      const went = await lab.run(session, `import os\nos.mkdir('below')\nos.chdir('below')\nopen('there.txt', 'w').close()`)
      await session.files.put({ path: 'put.txt', content: 'put' })
      expect(went.files.map((file) => file.path)).toEqual(['below/there.txt'])
      expect((await session.files.list()).map((file) => file.path).toSorted()).toEqual(['below/there.txt', 'put.txt'])
      const result = await lab.run(session, `print(open('../put.txt').read())`)
      expect(result.stdout).toBe('put\n')
    },
  },
  {
    name: 'serves regular files only',
    async run(lab) {
      const session = await lab.session()
      const made = await lab.run(
        session,
        python`
          import os, tempfile
          made = []
          outside = os.path.join(tempfile.mkdtemp(), 'outside.txt')
          with open(outside, 'w') as file:
              file.write('not in the working folder')
          try:
              os.symlink(outside, 'link.txt')
              made.append('link.txt')
          except OSError:
              pass
          try:
              os.mkfifo('pipe')
              made.append('pipe')
          except (AttributeError, OSError):
              pass
          os.mkdir('folder')
          made.append('folder')
          print(' '.join(made))
        `,
      )
      const paths = (await session.files.list()).map((file) => file.path)
      for (const path of made.stdout.trim().split(' ')) {
        expect(paths).not.toContain(path)
        const read = lab.within(10_000, `reading ${path}`, session.files.read(path))
        expect(await failureOf(read)).toMatchObject({ name: 'ExecutorError' })
      }
    },
  },
])

/** Hexadecimal, as in `FileChange`. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
