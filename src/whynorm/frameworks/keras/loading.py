"""An error that came out of loading a model: which layer of the file is not there, and what the program has instead."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import FrameType
from typing import Any

import keras

from whynorm.facts import Call, Location, Missing, Raised, Trial, Verdict
from whynorm.facts.change import Change, Supply
from whynorm.frameworks.keras import places
from whynorm.frameworks.keras.kept import kept
from whynorm.frameworks.keras.tensors import raised_of, shape_of

_CLASS = re.compile(r"(?:Could not locate class|Could not deserialize class|Unknown layer:) '([\w>]+)'")
_REGISTERED = re.compile(r"'registered_name': '([\w>]+)'")
_SAVING = ("keras.src.saving", "keras.src.legacy.saving")
_CONFIGS = ("config", "model_config", "identifier", "cls_config")
"""How Keras names a configuration while it reads one."""
_OWN = "__main__"
_OLD = ("InstanceNormalization",)
"""Layers of other packages that `whynorm.keras` has for today's Keras."""


def loaded(frames: Sequence[FrameType], raised: Raised, place: Location | None) -> tuple[Call, Missing] | None:
    """The layer that a file names and Keras does not find; None for any other error."""
    if not any(str(frame.f_globals.get("__name__", "")).startswith(_SAVING) for frame in frames):
        return None
    found = _CLASS.search(raised.message)
    if found is None:
        return None
    name = found[1]
    told = raised.message[found.start() :]
    registered = _REGISTERED.findall(told.partition("Full object config:")[2])
    user = places.user_frame(frames)
    node = places.call_in(user)
    missing = Missing(
        name,
        package="tensorflow_addons" if "tensorflow_addons" in told or f"Addons>{name}" in registered else None,
        ours=name in _OLD and _is_free(name),
        known=_holds(user, name),
        callee=ast.unparse(node.func) if node is not None else None,
    )
    call = Call(name, "norm" if "norm" in name.lower() else "other", "", location=place, raised=raised)
    return call, missing


def trial_of(frames: Sequence[FrameType], missing: Missing, raised: Raised) -> Trial:
    """How a class for the missing layer is tried: it is built from what the file says of the layer, and called."""
    saving = [one for one in frames if str(one.f_globals.get("__name__", "")).startswith(_SAVING)]
    configs = [one.f_locals.get(name) for one in saving for name in _CONFIGS]
    told = next((one for config in (*configs, _quoted(raised)) for one in _told_of(config, missing.name)), None)
    user = places.user_frame(frames)
    held: Mapping[str, Any] = {} if user is None else {**user.f_globals, **user.f_locals}

    def tried(changes: Sequence[Change]) -> Verdict:
        supply = next((one for one in changes if isinstance(one, Supply)), None)
        if supply is None:
            return Verdict(None)
        kind = (
            held.get(supply.name) if supply.module == _OWN else getattr(import_module(supply.module), supply.name, None)
        )
        if missing.moved is not None:
            return Verdict(isinstance(kind, type))
        shape = (told.get("build_config") or {}).get("input_shape") if told is not None else None
        if told is None or not isinstance(kind, type):
            return Verdict(None)
        try:
            with kept():
                layer = kind.from_config(dict(told["config"]))  # type: ignore[attr-defined]
                outputs = layer(keras.KerasTensor(shape)) if shape is not None else None
        except Exception as error:  # noqa: BLE001 - whatever refuses the configuration is the answer
            return Verdict(False, raised=raised_of(error))
        return Verdict(True, () if outputs is None else (shape_of(outputs),))

    return tried


def _quoted(raised: Raised) -> object:
    """The configuration of the layer, as Keras's message gives it."""
    try:
        return ast.literal_eval(raised.message.partition("Full object config: ")[2])
    except (ValueError, SyntaxError):
        return None


def _told_of(config: object, name: str) -> Iterator[dict[str, Any]]:
    """What a configuration says of the layers of this class."""
    if isinstance(config, dict):
        if config.get("class_name") == name:
            yield config
        yield from (one for part in config.values() for one in _told_of(part, name))
    elif isinstance(config, list | tuple):
        yield from (one for part in config for one in _told_of(part, name))


def _is_free(name: str) -> bool:
    """Whether no class of this name is registered, so that ours can be."""
    return name not in keras.saving.get_custom_objects()


def _holds(frame: FrameType | None, name: str) -> bool:
    """Whether a class of this name can be named on the line that loads."""
    held: Mapping[str, Any] = {} if frame is None else {**frame.f_globals, **frame.f_locals}
    return isinstance(held.get(name), type)
