import type { Capabilities, Isolation } from '../executor.ts'

/** From weakest to strongest (design.md 12); what is unknown may be none. */
const ISOLATION: Readonly<Record<Isolation, number>> = { none: 0, unknown: 0, thread: 1, process: 2, sandbox: 3, container: 4, vm: 5 }

/** From narrowest to widest (design.md 12); what is unknown may be open. */
const NETWORK: Readonly<Record<Capabilities['network'], number>> = { none: 0, allowlist: 1, open: 2, unknown: 2 }

/** What a place promises of its confinement. */
export type Confinement = Pick<Capabilities, 'isolation' | 'network'>

/** What is weaker in the second place than in the first, in words; nothing where a program may go there. */
export function weakerIn(second: Confinement, first: Confinement): string | undefined {
  const faults = [
    ...(ISOLATION[second.isolation] < ISOLATION[first.isolation]
      ? [`its isolation is ${second.isolation}, that of the first ${first.isolation}`]
      : []),
    ...(NETWORK[second.network] > NETWORK[first.network] ? [`its network is ${second.network}, that of the first ${first.network}`] : []),
  ]
  return faults.length > 0 ? faults.join('; ') : undefined
}

/** The weaker isolation and the wider network of two. */
export function weakest(first: Confinement, second: Confinement): Confinement {
  return {
    isolation: ISOLATION[second.isolation] < ISOLATION[first.isolation] ? second.isolation : first.isolation,
    network: NETWORK[second.network] > NETWORK[first.network] ? second.network : first.network,
  }
}

/**
 * Whether nothing that a program does gets out of its place: then it can run again there, and nothing happens twice.
 * Its folder and host tools are another matter. An allowlist lets out what is on it.
 */
export function letsNothingOut({ isolation, network }: Confinement): boolean {
  return network === 'none' && ISOLATION[isolation] > ISOLATION.none
}
