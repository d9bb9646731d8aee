import { mkdtempSync, readdirSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { NotConfinable } from './bubblewrap.ts'
import { openAsDescriptors } from './descriptors.ts'

const folder = mkdtempSync(join(tmpdir(), 'interloop-descriptors-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('bytes are read from a descriptor whose file has no name, made in the first folder that can be written', async () => {
  const { descriptors, close } = await openAsDescriptors(new Map([[8, Buffer.from('filter')]]), [join(folder, 'missing'), folder])
  const target = Buffer.alloc(10)
  const size = readSync(descriptors.get(8) ?? -1, target)
  expect([target.subarray(0, size).toString(), readdirSync(folder)]).toEqual(['filter', []])
  await close()
})

test('where no folder can be written nothing can be confined', async () => {
  const opening = openAsDescriptors(new Map([[8, Buffer.from('filter')]]), [join(folder, 'missing')])
  await expect(opening).rejects.toThrow(NotConfinable)
  await expect(opening).rejects.toThrow(join(folder, 'missing'))
})
