/** Where CPython looks for its standard library: a zip file, which is never unpacked. */
export const LIBRARY_PATH = '/lib/python314.zip'

/** Where {@link COMPILE_LIBRARY} leaves what it made. */
export const COMPILED_LIBRARY_PATH = '/tmp/library.zip'

/**
 * Python that makes a library with precompiled modules from one of sources. Compiled by the interpreter that will run them, and by fixed
 * dates the same each time. A module is stored as it is, so that its import unpacks nothing; its hash is not compared with the source
 * (unchecked), which is there for tracebacks alone, and packed. What belongs to Pyodide's JavaScript is left out.
 */
export const COMPILE_LIBRARY: string = `
def compile_library(source, target):
    import importlib._bootstrap_external
    import importlib.util
    import zipfile

    def add(library, name, content, how):
        library.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, how)

    with zipfile.ZipFile(source) as sources, zipfile.ZipFile(target, 'w') as library:
        for name in sources.namelist():
            if name.endswith('/') or name.startswith(('pyodide/', '_pyodide/')):
                continue
            content = sources.read(name)
            if name.endswith('.py'):
                code = compile(content, f'{source}/{name}', 'exec', dont_inherit=True)
                source_hash = importlib.util.source_hash(content)
                compiled = importlib._bootstrap_external._code_to_hash_pyc(code, source_hash, False)
                add(library, name + 'c', compiled, zipfile.ZIP_STORED)
            add(library, name, content, zipfile.ZIP_DEFLATED)
compile_library('${LIBRARY_PATH}', '${COMPILED_LIBRARY_PATH}')
`
