/** CPU of this whole process, in microseconds: all its threads, user and system. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Something that does its work so many times. */
export interface Block {
  readonly times: number
  run(times: number): Promise<void>
  /** Divides the CPU of one time: requests, say. */
  readonly units: number
}

/** Runs blocks in turn, there and back again (A B C C B A), so that what slows the machine down meets all alike. For each block its CPU per unit in microseconds, one value for each turn. */
export async function inTurn(blocks: readonly Block[], groups: number): Promise<readonly (readonly number[])[]> {
  const values = blocks.map((): number[] => [])
  const there = [...blocks.keys()]
  for (let group = 0; group < groups; group += 1) {
    for (const index of [...there, ...there.toReversed()]) {
      const block = blocks[index]
      if (!block) continue
      const before = cpu()
      await block.run(block.times)
      values[index]?.push((cpu() - before) / block.times / block.units)
    }
  }
  return values
}

/** How many times fit into so much CPU, in milliseconds; the work is warm after it was tried that long three times over. */
export async function timesFor(run: Block['run'], ms: number): Promise<number> {
  let times = 1
  for (let round = 0; round < 3; round += 1) {
    const before = cpu()
    let done = 0
    while (cpu() - before < ms * 1000) {
      await run(times)
      done += times
    }
    times = Math.max(1, Math.round((done * ms * 1000) / (cpu() - before)))
  }
  return times
}

/** Middle and quartiles. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** The middle of some values, and where half of them lie. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)] ?? Number.NaN
    const above = sorted[Math.ceil(place)] ?? Number.NaN
    return below + (above - below) * (place - Math.floor(place))
  }
  return { low: at(0.25), median: at(0.5), high: at(0.75) }
}

/** What each value of one is of its neighbour in the other. */
export function ratios(values: readonly number[], base: readonly number[]): readonly number[] {
  return values.map((value, index) => value / (base[index] ?? Number.NaN))
}
