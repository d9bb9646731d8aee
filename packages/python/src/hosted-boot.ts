import { HOSTED_SOURCES } from './hosted-sources.ts'
import { SOURCES } from './sources.ts'

/**
 * Python that puts the runtime into the interpreter of a WebAssembly host: run once in its `__main__`, where it leaves `tick` and nothing else.
 * How `tick()` is called is said in `hosted/README.md`.
 */
export function hostedBoot(): string {
  // JSON of texts is Python too: both know the same escapes.
  return BOOT.replace('SOURCES', () => JSON.stringify(neededBy(['loader', 'session'])))
}

/** The files with these names, and all that they import of ours. Text that nobody imports would only make the image larger. */
function neededBy(names: readonly string[]): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, string>> = { ...SOURCES, ...HOSTED_SOURCES }
  const needed: Record<string, string> = {}
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const text = all[name]
    if (text === undefined) throw new Error(`no Python file of ours is named ${name}`)
    if (Object.hasOwn(needed, name)) continue
    needed[name] = text
    for (const [, file, files] of text.matchAll(/^from _interloop(?:\.(\w+) import .*| import (.*))$/gm)) {
      waiting.push(...(file === undefined ? (files ?? '').split(', ') : [file]))
    }
  }
  return needed
}

const BOOT = `
def boot(sources):
    import types
    loader = types.ModuleType('_interloop_loader')
    exec(compile(sources['loader'], '<interloop>/loader.py', 'exec'), loader.__dict__)
    loader.install(sources)
    from _interloop.session import HostedSession
    sources.clear()
    return HostedSession().tick
tick = boot(SOURCES)
del boot
`
