import type { Capabilities } from '@interloop/core/executor'
import { ExecutorError } from '@interloop/core/executor'
import { runProgram } from '@interloop/executor-kit'

/** What a Python says of itself and of its packages. */
export interface PythonDescription {
  /** `CPython` */
  readonly implementation: string
  /** `[3, 12, 1]` */
  readonly version: readonly [number, number, number]
  /** The interpreter without its environment, links followed. */
  readonly executable: string
  /** `linux-x86_64` and the like. */
  readonly platform: string
  /** By name, each with what it can be imported as. */
  readonly packages: Capabilities['packages']
}

/** Asks a Python of the host, in isolation from the user's own modules. Throws `ExecutorError` `unsupported` where it does not start. */
export async function describePython(python: string): Promise<PythonDescription> {
  const ended = await runProgram(python, ['-I', '-c', QUESTION]).catch((cause: unknown) => {
    throw new ExecutorError('unsupported', `the Python ${python} does not start: ${String(cause)}`, { started: 'no', cause })
  })
  if (ended.code !== 0) {
    const reason = ended.stderr.trim().slice(-500) || `exit code ${ended.code}`
    throw new ExecutorError('unsupported', `the Python ${python} does not start: ${reason}`, { started: 'no' })
  }
  return JSON.parse(ended.stdout)
}

// Without anything that the oldest Pythons do not have: which one it is must be told by it.
const QUESTION = `
import importlib.util, json, os, platform, sys, sysconfig
found = {}
def is_there(module):
    # Some packages list modules that they do not have: Debian's setuptools names "debian".
    try:
        return importlib.util.find_spec(module) is not None
    except Exception:
        return False
try:
    from importlib.metadata import distributions
except ImportError:
    distributions = list
for one in distributions():
    name = one.metadata["Name"]
    if not name or name in found:
        continue
    imports = set((one.read_text("top_level.txt") or "").replace("/", ".").split())
    if not imports:
        for file in one.files or ():
            if file.suffix in (".py", ".so", ".pyd") and not file.parts[0].endswith((".dist-info", ".data")):
                imports.add(file.parts[0] if len(file.parts) > 1 else file.name.split(".")[0])
    found[name] = {
        "name": name,
        "version": one.version,
        "imports": sorted(each for each in imports if each.isidentifier() and not each.startswith("_") and is_there(each)),
    }
print(json.dumps({
    "implementation": platform.python_implementation(),
    "version": sys.version_info[:3],
    "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "platform": sysconfig.get_platform(),
    "packages": [found[name] for name in sorted(found, key=lambda name: name.lower())],
}))
`
