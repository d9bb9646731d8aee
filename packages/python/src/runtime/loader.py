"""Makes these files importable as `_interloop`, from text: no file of ours has to be where a program runs."""
import importlib.abc
import importlib.machinery
import sys

PACKAGE = '_interloop'


class SourceFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, sources):
        self._sources = sources

    def find_spec(self, name, path=None, target=None):
        if name == PACKAGE:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name.startswith(f'{PACKAGE}.') and name[len(PACKAGE) + 1 :] in self._sources:
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def exec_module(self, module):
        name = module.__name__[len(PACKAGE) + 1 :]
        if name:
            exec(compile(self._sources[name], f'<interloop>/{name}.py', 'exec', dont_inherit=True), module.__dict__)


def install(sources):
    sys.meta_path.insert(0, SourceFinder(sources))
