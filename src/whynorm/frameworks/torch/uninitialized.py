"""Parameters that a lazy layer has not made yet, and that the program uses: whose they are, by the frames."""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import nn

from whynorm.facts import Trace
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.follow import framework
from whynorm.frameworks.torch.outside import at_fault
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.steps import Step, locals_of
from whynorm.frameworks.torch.versions import is_uninitialized


def uninitialized(exception: BaseException, steps: Sequence[Step]) -> Followed | None:
    """The first lazy layer of the network that the innermost frames hold; None where it is not that, or none does."""
    if "uninitialized parameter" not in str(exception):
        return None
    for root in _networks(steps):
        waiting = [(path, layer) for path, layer in root.named_modules() if _waits(layer)]
        if not waiting:
            continue
        path, layer = waiting[0]
        call = at_fault(root, path, layer, steps, raised_of(exception))
        return Followed(
            framework(), "raises", Trace((), (call,)), raised=call.raised, hints={"uninitialized": len(waiting)}
        )
    return None


def _networks(steps: Sequence[Step]) -> Iterator[nn.Module]:
    """The Modules that the frames hold, as variables or as attributes of what is one, innermost first."""
    for step in reversed(steps):
        for value in list(locals_of(step.frame).values()):
            if isinstance(value, nn.Module):
                yield value
            elif places.owner(step.file) == "user":
                held: Any = getattr(value, "__dict__", None)
                yield from (one for one in held.values() if isinstance(one, nn.Module)) if type(held) is dict else ()


def _waits(layer: nn.Module) -> bool:
    return any(is_uninitialized(one) for one in (*layer._parameters.values(), *layer._buffers.values()))
