import { SandboxViolation } from './faults.ts'
import { checkImports } from './import-lock.ts'
import { calendarImports } from './imports/calendar.ts'
import { clockImports } from './imports/clocks.ts'
import { folderImports } from './imports/folders.ts'
import { heapImports } from './imports/heap.ts'
import type { ImportContext, Imports } from './imports/import-context.ts'
import { libraryImports } from './imports/libraries.ts'
import { mappingImports } from './imports/mapping.ts'
import { openingImports } from './imports/opening.ts'
import { pollImports } from './imports/poll.ts'
import { processImports } from './imports/process.ts'
import { runtimeImports } from './imports/runtime.ts'
import { socketImports } from './imports/sockets.ts'
import { statusImports } from './imports/status.ts'
import { surroundingImports } from './imports/surroundings.ts'
import { transferImports } from './imports/transfer.ts'

/**
 * All that a module imports: what is allowed, as it is implemented; every other function is a `SandboxViolation` when it is called, and ends
 * the run. Throws `TypeError` where the module wants other imports than those of the pinned build.
 */
export function importTable(module: WebAssembly.Module, context: ImportContext): WebAssembly.Imports {
  checkImports(module)
  const allowed = new Map(Object.entries(implementedImports(context)))
  const table: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const names = table[from] ?? {}
    table[from] = names
    // Addresses of functions that draw or write to a console, all of them 0: there is neither.
    names[name] = kind === 'global' ? new WebAssembly.Global({ value: 'i32', mutable: true }, 0) : (allowed.get(name) ?? denied(name))
  }
  return table
}

/** The allow-list. */
export function implementedImports(context: ImportContext): Imports {
  return {
    ...openingImports(context),
    ...transferImports(context),
    ...statusImports(context),
    ...folderImports(context),
    ...pollImports(context),
    ...socketImports(context),
    ...clockImports(context),
    ...calendarImports(context),
    ...surroundingImports(context),
    ...heapImports(context),
    ...mappingImports(context),
    ...processImports(context),
    ...runtimeImports(),
    ...libraryImports(context),
  }
}

function denied(name: string): () => never {
  return () => {
    throw new SandboxViolation(name)
  }
}
