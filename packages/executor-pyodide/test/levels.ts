import { findOnPath } from '@interloop/executor-kit'

/** The levels of isolation that this machine can be expected to give; a visible line for those that it cannot. */
export const LEVELS: readonly ('thread' | 'process' | 'sandbox')[] =
  findOnPath('bwrap') === undefined ? ['thread', 'process'] : ['thread', 'process', 'sandbox']

if (!LEVELS.includes('sandbox')) console.log('no bubblewrap: the level sandbox is not tried')
