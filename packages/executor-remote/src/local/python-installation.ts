import { ExecutorError } from '@interloop/core/executor'
import { runProgram } from '@interloop/executor-kit'

/** What a Python says of itself: where its parts lie on the host. All folders are real paths that exist. */
export interface PythonInstallation {
  /** The interpreter itself, links followed. */
  readonly executable: string
  /** `CPython` */
  readonly implementation: string
  /** `[3, 12, 1]` */
  readonly version: readonly [number, number, number]
  /** Of the virtual environment, where it is one; otherwise as `basePrefix`. */
  readonly prefix: string
  readonly basePrefix: string
  /** Folders of the standard library and of packages. */
  readonly modules: readonly string[]
  /** Folders of the shared libraries that the interpreter had loaded. */
  readonly libraries: readonly string[]
  /** A virtual environment that also shows the packages of its base. */
  readonly systemSite: boolean
}

/** Asks a Python where it lies. Throws `ExecutorError` `unsupported` where it does not start. */
export async function inspectPython(python: string): Promise<PythonInstallation> {
  const ended = await runProgram(python, ['-I', '-c', QUESTION]).catch((cause: unknown) => {
    throw new ExecutorError('unsupported', `the Python ${python} does not start: ${String(cause)}`, { started: 'no', cause })
  })
  if (ended.code !== 0) {
    throw new ExecutorError(
      'unsupported',
      `the Python ${python} does not start: ${ended.stderr.trim().slice(-500) || `exit code ${ended.code}`}`,
      {
        started: 'no',
      },
    )
  }
  return JSON.parse(ended.stdout)
}

// ctypes and ssl bring in the libraries of the system that the interpreter itself does not need.
const QUESTION = `
import json, os, platform, sys, sysconfig
for name in ("ctypes", "ssl", "zlib", "lzma", "bz2", "sqlite3"):
    try:
        __import__(name)
    except ImportError:
        pass
executable = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
libraries = set()
with open("/proc/self/maps") as maps:
    for line in maps:
        file = line.rstrip("\\n").split(None, 5)[5:]
        if file and file[0].startswith("/") and ".so" in os.path.basename(file[0]):
            libraries.add(os.path.dirname(os.path.realpath(file[0])))
modules = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *sys.path]
modules = {os.path.realpath(folder) for folder in modules if folder and os.path.isdir(folder)}
config = os.path.join(sys.prefix, "pyvenv.cfg")
lines = open(config, encoding="utf8").read().lower().splitlines() if os.path.exists(config) else []
print(json.dumps({
    "executable": executable,
    "implementation": platform.python_implementation(),
    "version": sys.version_info[:3],
    "prefix": os.path.realpath(sys.prefix),
    "basePrefix": os.path.realpath(sys.base_prefix),
    "modules": sorted(modules),
    "libraries": sorted(folder for folder in libraries),
    "systemSite": any(line.replace(" ", "") == "include-system-site-packages=true" for line in lines),
}))
`
