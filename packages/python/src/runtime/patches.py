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
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_patch(module):
            load(module)
            patch(module)

        spec.loader.exec_module = load_and_patch
        return spec


def patch_when_loaded(patches):
    sys.meta_path.insert(0, PatchFinder(patches))
    for name, patch in patches.items():
        if name in sys.modules:
            patch(sys.modules[name])
