"""Imported by the interpreter at its start, under `whynorm run` alone: it must cost nothing and change nothing.

Any Python of the program's child processes may meet this file too, so it is plain Python of any version, and does
nothing where it was not asked for.
"""

# mypy: ignore-errors

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
_SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(_HERE)))
_OBSERVED = {"torch", "keras"}


def _leave():
    """Take this folder out of `sys.path` and out of the environment that the program sees; the settings, if any."""
    sys.path[:] = [entry for entry in sys.path if entry != _HERE]
    sys.path_importer_cache.pop(_HERE, None)
    asked = os.environ.get("WHYNORM_RUN")
    if asked is None:
        return None
    settings = dict(line.split("=", 1) for line in asked.split("\n"))
    # What child processes inherit is the C library's environment, and stays: they are to be observed as well.
    seen = os.environ._data
    del seen[os.environ.encodekey("WHYNORM_RUN")]
    del seen[os.environ.encodekey("PYTHONPATH")]
    if "path" in settings:
        seen[os.environ.encodekey("PYTHONPATH")] = os.environ.encodevalue(settings["path"])
    return settings


class _Waiting:
    """A finder that finds nothing itself, and has a framework's observer installed once the framework is imported."""

    def __init__(self, settings):
        self._settings = settings

    def find_spec(self, name, path=None, target=None):
        if name not in _OBSERVED:
            return None
        for finder in list(sys.meta_path):
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, self._settings)
                return spec
        return None


class _Loader:
    """A framework's own loader, and behind it the observer."""

    def __init__(self, loader, settings):
        self._loader = loader
        self._settings = settings

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        try:
            _import("whynorm.run.program").observe(module.__name__, self._settings)
        except Exception as error:  # noqa: BLE001  the program's import goes on; it is told at its end
            self._settings["fault"] = type(error).__name__ + ": " + str(error)


def _import(name):
    """A module of ours, also where the package itself is not on the program's path."""
    from importlib import import_module

    added = "whynorm" not in sys.modules and _SOURCE not in sys.path
    if added:
        sys.path.append(_SOURCE)
    try:
        return import_module(name)
    finally:
        if added and _SOURCE in sys.path:
            sys.path.remove(_SOURCE)


def _begin(settings):
    import atexit

    sys.meta_path.insert(0, _Waiting(settings))
    atexit.register(_end, settings)


def _end(settings):
    may_have_something = ("whynorm.record", "multiprocessing", "subprocess")
    if "json" in settings or hasattr(sys, "last_value") or any(name in sys.modules for name in may_have_something):
        _leave_the_programs_folder(settings)
        try:
            _import("whynorm.run.program").finish(settings)
        except Exception as error:  # noqa: BLE001  the program has ended as it did: one line, no traceback of ours
            print("whynorm: it failed itself:", type(error).__name__ + ":", error, file=sys.stderr)


def _leave_the_programs_folder(settings):
    """What we import from now on is not the program's own `pickle.py`."""
    import os

    file = getattr(sys.modules["__main__"], "__file__", None) or settings.get("file")
    if file:
        folder = os.path.dirname(os.path.abspath(file))
        sys.path[:] = [place for place in sys.path if os.path.abspath(place) != folder]


def _give_way():
    """Let the environment's own `sitecustomize` be imported, as if this one had never been found."""
    sys.modules.pop("sitecustomize", None)
    import sitecustomize  # noqa: F401


_asked = _leave()
if _asked is not None:
    _begin(_asked)
_give_way()
