import { OptionsError } from '@interloop/core/executor'

/**
 * Throws `OptionsError` where one is no name with versions, extras and a marker. Folders, addresses and repositories would be
 * built by their own setup on this machine, unconfined, and an option among them could bring that back.
 */
export function checkRequirements(packages: readonly string[]): void {
  for (const requirement of packages) {
    if (!REQUIREMENT.test(requirement) || requirement.includes('--')) {
      throw new OptionsError(
        'packages',
        `packages must be names of an index, such as 'numpy' or 'pandas>=2,<3', got ${JSON.stringify(requirement)}; install anything else yourself and name the environment by the option venv`,
      )
    }
  }
  if (packages.length === 0) throw new OptionsError('packages', "packages must name at least one, or be 'gemini', got none")
}

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?'
const EXTRAS = `(?: ?\\[ ?${NAME}(?: ?, ?${NAME})* ?\\])?`
const VERSION = '(?:===|==|~=|!=|<=|>=|<|>) ?[A-Za-z0-9.*+!_-]+'
const VERSIONS = `(?: ?${VERSION}(?: ?, ?${VERSION})*)?`
const MARKER = `(?: ?; ?[A-Za-z0-9_.'"<>=!~() +*-]+)?`

/** Of PEP 508, what names a distribution of an index. */
const REQUIREMENT = new RegExp(`^${NAME}${EXTRAS}${VERSIONS}${MARKER}$`)
