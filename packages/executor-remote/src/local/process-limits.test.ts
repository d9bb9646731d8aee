import { expect, test } from 'vitest'
import { processLimits } from './process-limits.ts'

const MIB = 1024 ** 2
const wanted = { processes: 64, memoryBytes: 100 * MIB, fileBytes: 10 * MIB }

test('each process has its limits, with room for what libraries reserve', () => {
  expect(processLimits(wanted, '')).toEqual({
    nproc: 64,
    nofile: 512,
    core: 0,
    fsize: 10 * MIB,
    data: 612 * MIB,
    as: 4196 * MIB,
    memlock: 65_536,
    msgqueue: 0,
    sigpending: 256,
    rttime: 0,
  })
})

test('no limit is above a hard one of the host, which could not be set', () => {
  const host = [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max data size             unlimited            unlimited            bytes     ',
    'Max processes             96365                32                   processes ',
    'Max open files            256                  300                  files     ',
    'Max address space         unlimited            1073741824           bytes     ',
  ].join('\n')
  expect(processLimits(wanted, host)).toMatchObject({ nproc: 32, nofile: 300, data: 612 * MIB, as: 1_073_741_824 })
})
