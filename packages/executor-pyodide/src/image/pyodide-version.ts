/** The one release of the npm package `pyodide` whose interpreter the host knows: its imports, its exports, its layouts. */
export const PYODIDE_VERSION = '314.0.7'

/** Of the CPython in it. */
export const PYTHON_VERSION = '3.14.2'
