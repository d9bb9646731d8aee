import { basename, dirname, join } from 'node:path'
import type { PythonInstallation } from './python-installation.ts'

/** A place of the host that a confined program sees, read-only, at `to`. */
export interface Bind {
  readonly from: string
  readonly to: string
}

/** Where a Python's parts stand for the confined program. */
export interface PythonLayout {
  readonly binds: readonly Bind[]
  readonly links: readonly { readonly target: string; readonly at: string }[]
  /** The interpreter, as the confined program names it. */
  readonly python: string
  /** Folders for the dynamic linker: libraries that were built to lie elsewhere. */
  readonly libraryPath: readonly string[]
  /** What stands in `ENVIRONMENT/pyvenv.cfg`, where there is a virtual environment. */
  readonly environmentConfig: string | undefined
}

/** Where a Python that does not belong to the system stands. Its own place may be closed to the program's user, as `/root` is, and tells who runs it. */
const MOVED_PYTHON = '/python'

/** Where a virtual environment stands. */
const ENVIRONMENT = '/environment'

/** Lays out a Python and its virtual environment: the standard library, packages and shared libraries, and nothing that lies beside them. */
export function layOutPython(found: PythonInstallation): PythonLayout {
  const moved = !SYSTEM_PREFIXES.has(found.basePrefix)
  const isEnvironment = found.prefix !== found.basePrefix
  const base = moved ? movedPython(found) : systemPython(found)
  const isElsewhere = (folder: string) =>
    !(moved && isInside(folder, found.basePrefix)) && !(isEnvironment && isInside(folder, found.prefix))
  const binds = [...base.binds, ...found.libraries.filter(isElsewhere).map(inPlace)]
  if (!isEnvironment) return { ...base, binds: distinct(binds), links: [], environmentConfig: undefined }
  const packages = ['lib', 'share', 'etc'].map((part) => ({ from: join(found.prefix, part), to: join(ENVIRONMENT, part) }))
  const python = join(ENVIRONMENT, 'bin', 'python3')
  return {
    binds: distinct([...binds, ...packages]),
    links: [
      { target: base.python, at: python },
      { target: 'lib', at: join(ENVIRONMENT, 'lib64') },
    ],
    python,
    libraryPath: base.libraryPath,
    environmentConfig: `home = ${dirname(base.python)}\ninclude-system-site-packages = ${found.systemSite}\nversion = ${found.version.join('.')}\n`,
  }
}

type BasePython = Pick<PythonLayout, 'binds' | 'python' | 'libraryPath'>

const SYSTEM_PREFIXES: ReadonlySet<string> = new Set(['/', '/usr', '/usr/local'])
const SYSTEM_FOLDERS = ['/usr', '/lib', '/lib64', '/nix/store', '/gnu/store']

function systemPython({ executable, modules }: PythonInstallation): BasePython {
  const own = modules.filter((folder) => SYSTEM_FOLDERS.some((system) => isInside(folder, system)))
  return { binds: [executable, ...own].map(inPlace), python: executable, libraryPath: [] }
}

function movedPython({ executable, basePrefix, libraries }: PythonInstallation): BasePython {
  const python = join(MOVED_PYTHON, 'bin', basename(executable))
  const parts = ['lib', 'lib64', 'share'].map((part) => ({ from: join(basePrefix, part), to: join(MOVED_PYTHON, part) }))
  const isOwn = (folder: string) => isInside(folder, basePrefix)
  return {
    binds: [{ from: executable, to: python }, ...parts],
    python,
    libraryPath: libraries.some(isOwn) ? [join(MOVED_PYTHON, 'lib')] : [],
  }
}

function isInside(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

function inPlace(path: string): Bind {
  return { from: path, to: path }
}

/** Each place once, and none that lies in another that is bound with it. */
function distinct(binds: readonly Bind[]): readonly Bind[] {
  const covers = (outer: Bind, inner: Bind) =>
    outer.to !== inner.to && isInside(inner.to, outer.to) && inner.from === join(outer.from, inner.to.slice(outer.to.length))
  const once = [...new Map(binds.map((bind) => [bind.to, bind])).values()]
  return once.filter((inner) => !once.some((outer) => covers(outer, inner)))
}
