// Plain Pyodide in a process of its own, from nothing to its first `print`; then it ends.
import { loadPyodide } from 'pyodide'

const pyodide = await loadPyodide({
  stdout: (line) => process.send?.(line, () => process.exit(0)),
})
pyodide.runPython('print(1)')
