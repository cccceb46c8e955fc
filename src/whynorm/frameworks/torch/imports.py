"""A module that the program has not imported yet, and that is not to be imported for our sake."""

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from whynorm.frameworks.torch.weave import Undo


def once(module: str, then: Callable[[], Undo | None]) -> Undo:
    """Have `then()` called as soon as the module of this name is imported; what undoes it, and what that undoes.

    `then` must not raise.
    """
    done: list[Undo | None] = []
    if module in sys.modules:
        done.append(then())
        return lambda: _undo(done)
    waiting = _Waiting(module, lambda: done.append(then()))
    sys.meta_path.insert(0, waiting)  # type: ignore[arg-type]

    def undo() -> None:
        waiting.leave()
        _undo(done)

    return undo


def _undo(done: list[Undo | None]) -> None:
    while done:
        one = done.pop()
        if one is not None:
            one()


class _Waiting:
    """A finder that finds nothing itself."""

    def __init__(self, module: str, then: Callable[[], None]) -> None:
        self._module = module
        self._then = then

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> object:
        """As the other finders find it, and `then` behind its execution."""
        if name != self._module:
            return None
        specs = (one.find_spec(name, path, target) for one in sys.meta_path if one is not self)  # type: ignore[comparison-overlap]
        spec = next((one for one in specs if one is not None), None)
        if spec is not None:
            self._wait(spec)
        return spec

    def _wait(self, spec: ModuleSpec) -> None:
        loader = spec.loader
        execute = getattr(loader, "exec_module", None)
        if execute is None or not hasattr(loader, "__dict__"):
            return

        def executed(module: ModuleType) -> None:
            del loader.__dict__["exec_module"]
            execute(module)
            self.leave()
            self._then()

        loader.__dict__["exec_module"] = executed

    def leave(self) -> None:
        """Wait no longer."""
        if self in sys.meta_path:  # type: ignore[comparison-overlap]
            sys.meta_path.remove(self)  # type: ignore[arg-type]
