import { spawn } from 'node:child_process'

/** What is run: a confined command, with its descriptors. */
export interface ProbedCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly descriptors: ReadonlyMap<number, number>
}

/** Runs a command once, with a small program that looks at its own confinement. Why it does not hold, in the words of what refused it; undefined where it holds. */
export async function probe(command: ProbedCommand, network: 'none' | 'open'): Promise<string | undefined> {
  const child = spawn(command.file, [...command.args, '-I', '-S', '-c', PROBE, network], {
    env: command.env,
    stdio: standardStreams(command.descriptors),
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_MS)
  try {
    return await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('close', (code, signal) => {
        if (code === 0 && stdout === 'confined\n') resolve(undefined)
        else resolve(stderr.trim().slice(-1_000) || stdout.trim().slice(-1_000) || `it ended with ${code ?? signal}`)
      })
    })
  } finally {
    clearTimeout(timer)
  }
}

/** The `stdio` of a confined process: nothing to read, and its descriptors at their numbers. */
function standardStreams(descriptors: ReadonlyMap<number, number>): ('ignore' | 'pipe' | number)[] {
  const last = Math.max(2, ...descriptors.keys())
  return Array.from({ length: last + 1 }, (_, number) => descriptors.get(number) ?? (number === 1 || number === 2 ? 'pipe' : 'ignore'))
}

/** A cold disk and a loaded machine included. */
const PROBE_MS = 20_000

const PROBE = `
import os, sys
status = dict(line.rstrip("\\n").split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
wrong = []
if status["Seccomp"] != "2":
    wrong.append("no filter of system calls")
if status["NoNewPrivs"] != "1":
    wrong.append("privileges can be gained")
if any(int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")):
    wrong.append("capabilities are left")
if os.getuid() == 0 or status["Groups"].split() not in ([], ["65534"]):
    wrong.append("the user has rights of the host: uid %d, groups %s" % (os.getuid(), status["Groups"]))
networks = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
if sys.argv[1] == "none" and networks != ["lo"]:
    wrong.append("there is a network: " + ", ".join(networks))
for folder in ("/", "/dev", "/usr", "/proc"):
    try:
        with open(os.path.join(folder, "interloop-probe"), "w"):
            wrong.append(folder + " can be written")
    except OSError:
        pass
for folder in (".", "/tmp", "/dev/shm"):
    with open(os.path.join(folder, "interloop-probe"), "w") as file:
        file.write("x")
    os.remove(file.name)
with open("/dev/null", "r+b") as file:
    file.write(b"x")
print("; ".join(wrong) or "confined")
sys.exit(1 if wrong else 0)
`
