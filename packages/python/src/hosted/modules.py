"""
Modules that are compiled into the interpreter and have no place in it: tests of CPython that crash on purpose, and Pyodide's
bridge to JavaScript. To import one is to import a module that does not exist.
"""
import importlib.machinery
import sys
import zipimport

HIDDEN = frozenset(
    {
        '_ctypes_test',
        '_pyodide_core',
        '_remote_debugging',
        '_testbuffer',
        '_testcapi',
        '_testclinic',
        '_testclinic_limited',
        '_testimportmultiple',
        '_testinternalcapi',
        '_testlimitedcapi',
        '_testmultiphase',
        '_testsinglephase',
        '_xxtestfuzz',
        'xxlimited',
        'xxlimited_35',
        'xxsubtype',
    }
)

# All of multiprocessing needs it; the text is then what it says of itself.
REFUSED = {'_multiprocessing': 'Python has one process here: multiprocessing can start no other; call the function itself'}


class VisibleBuiltins(importlib.machinery.BuiltinImporter):
    """No barrier: what a hidden module asks of the host is refused there."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in REFUSED:
            raise ImportError(REFUSED[name], name=name)
        return None if name in HIDDEN else importlib.machinery.BuiltinImporter.find_spec(name, path, target)


def hide_modules():
    position = sys.meta_path.index(importlib.machinery.BuiltinImporter)
    sys.meta_path[position] = VisibleBuiltins
    sys.builtin_module_names = tuple(name for name in sys.builtin_module_names if name not in HIDDEN)
    for name in HIDDEN:
        sys.modules.pop(name, None)


def keep_library_listed():
    """The archive of the standard library never changes; to read its list again for each program takes ten milliseconds."""
    library = next(path for path in sys.path if path.endswith('.zip'))
    invalidate = zipimport.zipimporter.invalidate_caches

    def invalidate_others(finder):
        if finder.archive != library:
            invalidate(finder)

    zipimport.zipimporter.invalidate_caches = invalidate_others
