import { SOURCES } from '@interloop/python'

/** What a supervisor is told with its sources. */
export interface SupervisorConfig {
  /** Where programs work. */
  readonly folder: string
  /** No process of others can be seen from where it runs, and its folder goes with it: it may end all it sees, and leaves the folder. */
  readonly isAlone: boolean
}

/** Arguments for a Python that becomes a supervisor. Isolated (`-I`): neither its environment nor the working folder changes what it imports. */
export function supervisorArguments(): readonly string[] {
  return ['-I', '-B', '-X', 'utf8', '-c', BOOT]
}

/** What that Python reads first on its standard input: no file of ours has to be where it runs. */
export function supervisorSources(config: SupervisorConfig): Uint8Array {
  const content = Buffer.from(JSON.stringify({ sources: SOURCES, config }))
  return Buffer.concat([Buffer.from(content.length.toString(16).padStart(8, '0')), content])
}

const BOOT = `
import json, os, sys, types
def read(size):
    content = b''
    while len(content) < size:
        content += os.read(0, size - len(content)) or sys.exit('the host has ended')
    return content
given = json.loads(read(int(read(8), 16)))
loader = types.ModuleType('_interloop_loader')
exec(compile(given['sources']['loader'], '<interloop>/loader.py', 'exec'), loader.__dict__)
loader.install(given['sources'])
from _interloop.supervisor import main
main(given['config'])
`
