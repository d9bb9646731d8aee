// Plain Pyodide in a process of its own, open on purpose: it runs the programs that come by IPC, one after the other. The folder
// that is its argument is mounted at its own path.
import { loadPyodide } from 'pyodide'

const pyodide = await loadPyodide({ stdout: collect, stderr: collect })
let output = ''
const [, , folder = ''] = process.argv
pyodide.mountNodeFS(folder, folder)

function collect(line: string): void {
  output += `${line}\n`
}

process.on('message', async (program: string) => {
  output = ''
  try {
    await pyodide.runPythonAsync(program, { globals: pyodide.runPython('{"__name__": "__main__"}') })
  } catch (error) {
    output += String(error)
  }
  process.send?.(output)
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
