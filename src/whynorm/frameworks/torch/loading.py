"""A `load_state_dict` that raised: which names and sizes differ, and loading again with layers rebuilt."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from whynorm.facts import Call, Difference, Trace, Trial, Verdict
from whynorm.facts.change import Change, Rebuild
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import layers, places
from whynorm.frameworks.torch.follow import framework
from whynorm.frameworks.torch.recorded import raised_of
from whynorm.frameworks.torch.steps import Step
from whynorm.frameworks.torch.trial import NotPossible, at_path, rebuilt, replace
from whynorm.frameworks.torch.twins import Twins

_CODE = nn.Module.load_state_dict.__code__


def loading(exception: BaseException, steps: Sequence[Step]) -> Followed | None:
    """The layers whose saved state does not fit, one call each; None where no `load_state_dict` raised."""
    step = next((step for step in steps if step.frame.f_code is _CODE), None)
    if step is None or not isinstance(step.owner, nn.Module):
        return None
    model, state = step.owner, step.frame.f_locals.get("state_dict")
    if not isinstance(state, Mapping):
        return None
    raised, differences = raised_of(exception), tuple(_differences(model, state))
    paths = list(dict.fromkeys(path for path in (one.path for one in differences) if _has(model, path)))
    if not paths:
        return None
    here = places.location(places.of_traceback(exception))
    calls = []
    for path in paths:
        layer = at_path(model, path)
        known = layers.settings(layer)
        built = places.built(model, path, layer, tuple(known.values()))
        calls.append(Call(type(layer).__name__, layers.role(layer), path, layers.built_as(layer), arguments=known,
                          training=layer.training, location=here, built=built))  # fmt: skip
    calls[0] = calls[0]._replace(raised=raised)
    return Followed(
        framework(),
        "raises",
        Trace((), calls),
        raised=raised,
        hints={"differences": differences},
        trial=lambda call: _trial(model, state, step.frame.f_locals.get("strict", True)),
    )


def _differences(model: nn.Module, state: Mapping[Any, Any]) -> Iterator[Difference]:
    """In the model's order, and then what only the file has."""
    own = dict(_own(model))
    for name, tensor in own.items():
        saved = state.get(name)
        if not isinstance(saved, torch.Tensor):
            yield Difference(*_split(name), tuple(tensor.shape), None)
        elif saved.shape != tensor.shape:
            yield Difference(*_split(name), tuple(tensor.shape), tuple(saved.shape))
    for name, saved in state.items():
        if isinstance(name, str) and isinstance(saved, torch.Tensor) and name not in own:
            yield Difference(*_split(name), None, tuple(saved.shape))


def _own(model: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for path, module in model.named_modules(remove_duplicate=False):
        for name, tensor in (*module._parameters.items(), *module._buffers.items()):
            if tensor is not None and name not in module._non_persistent_buffers_set:
                yield f"{path}.{name}" if path else name, tensor


def _split(name: str) -> tuple[str, str]:
    path, _, last = name.rpartition(".")
    return path, last


def _has(model: nn.Module, path: str) -> bool:
    try:
        at_path(model, path)
    except NotPossible:
        return False
    return True


def _trial(model: nn.Module, state: Mapping[Any, Any], strict: Any) -> Trial:
    """Loading again, with abstract twins of all weights, into a model whose layers are rebuilt."""

    def tried(changes: Sequence[Change]) -> Verdict:
        twins = Twins()
        twins.adopt(model)
        try:
            for change in changes:
                if not isinstance(change, Rebuild):
                    return Verdict(None)
                layer = at_path(model, change.path)
                replace(model, layer, rebuilt(layer, change))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.load_state_dict({name: _twin(twins, value) for name, value in state.items()}, strict=strict)
        except NotPossible:
            return Verdict(None)
        except Exception as error:  # noqa: BLE001  what the model refuses to load is a trial that failed
            return Verdict(False, raised=raised_of(error))
        finally:
            twins.restore()
        return Verdict(True)

    return tried


def _twin(twins: Twins, value: Any) -> Any:
    return twins.of(value) if isinstance(value, torch.Tensor) else value
