"""Changes modules right after they were loaded, so that nothing is imported before a program wants it."""
import importlib.machinery
import sys


class PatchFinder:
    """`patches`: by the name of a module, a function that gets it."""

    def __init__(self, patches):
        self._patches = patches

    def find_spec(self, name, path=None, target=None):
        patch = self._patches.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if patch else None
        if spec is not None and spec.loader is not None:
            spec.loader = PatchingLoader(spec.loader, patch)
        return spec


class PatchingLoader:
    """Loads one module. Not a change of the loader itself: an archive has one for all its modules."""

    def __init__(self, loader, patch):
        self._loader = loader
        self._patch = patch

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._patch(module)


def patch_when_loaded(patches):
    sys.meta_path.insert(0, PatchFinder(patches))
    for name, patch in patches.items():
        if name in sys.modules:
            patch(sys.modules[name])
