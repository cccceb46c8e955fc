"""A convolution and a norm that could not be made one: which norm of which network, and in which mode it is."""

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from torch import nn

from whynorm.facts import Trace, Trial, Verdict
from whynorm.facts.change import Change, Mode
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.follow import building, framework
from whynorm.frameworks.torch.outside import at_fault
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.steps import Step, locals_of, value_in
from whynorm.source.files import read
from whynorm.source.places import covers, dotted
from whynorm.texts.wordings import recognise

_FUSED = nn.modules.batchnorm._BatchNorm


def fusing(exception: BaseException, steps: Sequence[Step]) -> Followed | None:
    """The norm that was to be fused, in the network that the program's lines name; None where it is not that."""
    match = recognise(str(exception), "torch")
    if match is None or match.wording.symptom != "unsupported-export":
        return None
    step = next((one for one in reversed(steps) if _parts(one)), None)
    if step is None:
        return None
    norm = next(part for part in _parts(step).values() if isinstance(part, _FUSED))
    found = [*_networks(steps, lambda one: one is norm), *_networks(steps, lambda one: _is_alike(one, norm))]
    root, path, hints = found[0] if found else (norm, "", {})
    call = at_fault(root, path, norm, steps, raised_of(exception))
    return Followed(
        framework(),
        "raises",
        Trace((), (call,)),
        raised=call.raised,
        hints={**hints, "fusing": True},
        trial=lambda call: _trial(step),
    )


def _parts(step: Step) -> dict[str, nn.Module]:
    """What a function that fuses was given, its norm among it; nothing for any other frame."""
    if places.owner(step.file) != "framework" or not step.function.startswith("fuse_"):
        return {}
    code = step.frame.f_code
    held = locals_of(step.frame)
    given = {name: held[name] for name in code.co_varnames[: code.co_argcount] if name in held}
    parts = {name: value for name, value in given.items() if isinstance(value, nn.Module)}
    return parts if any(isinstance(part, _FUSED) for part in parts.values()) else {}


def _networks(
    steps: Sequence[Step], is_it: Callable[[nn.Module], bool]
) -> Iterator[tuple[nn.Module, str, dict[str, object]]]:
    """The networks with such a norm in them that lines of the program name, outermost first: where in it, and where
    it is named."""
    for step in steps:
        source = read(step.file) if places.owner(step.file) == "user" else None
        for node in ast.walk(source.tree) if source is not None else ():
            if not isinstance(node, ast.Name | ast.Attribute) or not covers(node, step.line):
                continue
            value, name = value_in(node, step), dotted(node)
            modules = value.named_modules() if isinstance(value, nn.Module) and name else ()
            path = next((path for path, one in modules if is_it(one)), None)
            if isinstance(value, nn.Module) and path is not None:
                yield value, path, {"fused": (places.location((step.file, step.line)), name)}


def _is_alike(module: nn.Module, norm: nn.Module) -> bool:
    """Whether a module may be what the norm is a copy of: it is in the same mode, and as large."""
    same = isinstance(module, _FUSED) and type(module) is type(norm) and module.training is norm.training
    return same and module.num_features == norm.num_features


def _trial(step: Step) -> Trial:
    """Fusing copies of what was given, in another mode."""

    def tried(changes: Sequence[Change]) -> Verdict:
        fuse: Callable[..., Any] | None = step.frame.f_globals.get(step.function)
        if fuse is None or not all(isinstance(change, Mode) for change in changes):
            return Verdict(None)
        training = any(isinstance(change, Mode) and change.training for change in changes)
        code, held = step.frame.f_code, locals_of(step.frame)
        given = [held[name] for name in code.co_varnames[: code.co_argcount]]
        try:
            with building():
                fuse(*(copy.deepcopy(one).train(training) if isinstance(one, nn.Module) else one for one in given))
        except Exception as error:  # noqa: BLE001  what torch refuses to fuse is a trial that failed
            return Verdict(False, raised=raised_of(error))
        return Verdict(True)

    return tried
