import { expect } from 'vitest'
import type { FileChange } from '../../executor.ts'
import { type ContractCase, python, subject } from './case.ts'
import { sha256 } from './files.ts'

/** What an execution tells of the files that its program made, changed and removed (design.md 6). */
export const fileChangeCases: readonly ContractCase[] = subject('file changes', [
  {
    name: 'reports created, modified and deleted files, and no others',
    async run(lab) {
      const session = await lab.session({
        files: [
          { path: 'stays.txt', content: 'stays' },
          { path: 'changes.txt', content: 'before' },
          { path: 'goes.txt', content: 'goes' },
        ],
      })
      await lab.run(session, '1')
      const started = lab.start(
        session,
        python`
          import os
          open('stays.txt').read()
          with open('changes.txt', 'w') as file:
              file.write('after, and longer')
          os.remove('goes.txt')
          os.makedirs('new')
          with open('new/made.txt', 'w') as file:
              file.write('made')
        `,
      )
      const result = await started.result
      const changes = result.files.map(({ path, change, size }) => ({ path, change, size })).toSorted(byPath)
      expect(changes.map((change) => (change.change === 'deleted' ? { path: change.path, change: change.change } : change))).toEqual([
        { path: 'changes.txt', change: 'modified', size: 17 },
        { path: 'goes.txt', change: 'deleted' },
        { path: 'new/made.txt', change: 'created', size: 4 },
      ])
      const told = started.events.flatMap((event) => (event.type === 'file' ? [event.file] : []))
      expect(told.toSorted(byPath)).toEqual(result.files.toSorted(byPath))
    },
  },
  {
    name: 'reports the right sha256 where it reports one',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.run(session, `with open('hashed.bin', 'wb') as file:\n    file.write(bytes(range(256)) * 3)`)
      const change = result.files.find((file) => file.path === 'hashed.bin')
      expect([change?.change, change?.size]).toEqual(['created', 768])
      const bytes = await session.files.read('hashed.bin')
      expect(change?.sha256 ?? 'none').toBeOneOf([await sha256(bytes), 'none'])
    },
  },
  {
    name: 'reports a change that keeps the size',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'same-size.txt', content: 'aaaa' })
      await lab.run(session, '1')
      const result = await lab.run(session, `with open('same-size.txt', 'w') as file:\n    file.write('bbbb')`)
      expect(result.files.map(({ path, change, size }) => [path, change, size])).toEqual([['same-size.txt', 'modified', 4]])
    },
  },
  {
    name: 'does not report what the host put or an earlier program made',
    async run(lab) {
      const session = await lab.shared()
      await session.files.put({ path: 'host.txt', content: 'host' })
      await lab.run(session, `open('earlier.txt', 'w').close()`)
      await session.files.put({ path: 'host-later.txt', content: 'host' })
      const result = await lab.run(session, `print(open('host.txt').read())`, { files: [{ path: 'request.txt', content: 'request' }] })
      expect(result.files).toEqual([])
    },
  },
  {
    name: 'reports files of a program that failed',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.run(
        session,
        `with open('partial.txt', 'w') as file:\n    file.write('part')\nraise ValueError('then it failed')`,
      )
      expect([result.reason, result.files.map(({ path, change, size }) => [path, change, size])]).toEqual([
        'exception',
        [['partial.txt', 'created', 4]],
      ])
    },
  },
  {
    name: 'does not report a file that came and went within one program',
    async run(lab) {
      const session = await lab.shared()
      const result = await lab.run(session, `import os\nopen('brief.txt', 'w').close()\nos.remove('brief.txt')`)
      expect(result.files).toEqual([])
    },
  },
])

function byPath(left: Pick<FileChange, 'path'>, right: Pick<FileChange, 'path'>): number {
  return left.path < right.path ? -1 : 1
}
