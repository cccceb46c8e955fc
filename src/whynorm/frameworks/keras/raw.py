"""What a program computes by a function, `tf.nn.batch_normalization`, on parameters that it made by hand."""

import ast
from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import FrameType
from typing import Any, NamedTuple

import keras

from whynorm.facts import Call, Location, Raised, Trial, Value, Verdict
from whynorm.facts.change import Change, Rebuild
from whynorm.frameworks.keras import places
from whynorm.frameworks.keras.operations import operation_role
from whynorm.frameworks.keras.passes import Given, run_pass
from whynorm.frameworks.keras.steps import value_of
from whynorm.frameworks.keras.tensors import Spec, is_tensor, shape_of
from whynorm.frameworks.keras.trial import trial

_LIBRARIES = {"keras": "keras.ops", "tensorflow": "tf.nn"}
_NORMS = ("batch_normalization", "fused_batch_norm", "batch_norm_with_global_normalization")
_COUNT = "num_features"


class Raw(NamedTuple):
    """One such call that failed, as the program wrote it."""

    call: Call
    trial: Trial


def raw(frames: Sequence[FrameType], raised: Raised) -> Raw | None:
    """The operation on the user's innermost line: a norm on parameters of another number, or one of mixed types."""
    frame = places.user_frame(frames)
    node = places.call_in(frame)
    if frame is None or node is None:
        return None
    function = value_of(node.func, frame)
    library = str(getattr(function, "__module__", "")).split(".")[0]
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if library not in _LIBRARIES or not callable(function):
        return None
    args = [value_of(one, frame) for one in node.args]
    named = {one.arg: value_of(one.value, frame) for one in node.keywords if one.arg is not None}
    location = places.location(places.of_frames(frames))
    if name not in _NORMS:
        return _mixed(function, ast.unparse(node.func), node.args, args, named, location, raised)
    tensors = [one for one in (*args, *named.values()) if is_tensor(one)]
    shape = shape_of(tensors[0]) if tensors else ()
    sizes = {prod(shape_of(one)) for one in tensors[1:]} - set(shape[-1:])
    if len(shape) < 2 or len(sizes) != 1:
        return None
    built = sizes.pop()
    call = Call(
        f"{_LIBRARIES[library]}.{name}",
        "norm",
        "",
        f"{_LIBRARIES[library]}.{name}",
        inputs=(Value(1, shape, "float32"),),
        arguments={_COUNT: built},
        location=location,
        raised=raised,
        channel_axis=len(shape) - 1,
    )
    return Raw(_made_by(frames, frame, call, built), _trial(function, args, named, built))


def _mixed(
    function: Callable[..., Any],
    callee: str,
    written: Sequence[ast.expr],
    args: Sequence[Any],
    named: Mapping[str, Any],
    location: Location | None,
    raised: Raised,
) -> Raw | None:
    """An operation on tensors of several types of numbers."""
    tensors = [(place, one) for place, one in enumerate(args) if is_tensor(one)]
    dtypes = [keras.backend.standardize_dtype(one.dtype) for _, one in tensors]
    if len(set(dtypes)) < 2 or "." not in callee:
        return None
    values = tuple(Value(at + 1, shape_of(one), dtypes[at]) for at, (_, one) in enumerate(tensors))
    texts = tuple(ast.unparse(written[place]) for place, _ in tensors)
    call = Call(
        callee,
        operation_role(callee.rpartition(".")[2]),
        "",
        inputs=values,
        location=location,
        raised=raised,
        arguments={"written": texts},
    )
    given = Given(
        [Spec(shape_of(one), keras.backend.standardize_dtype(one.dtype)) if is_tensor(one) else one for one in args],
        dict(named),
    )
    return Raw(call, trial(function, given))


def _made_by(frames: Sequence[FrameType], frame: FrameType, call: Call, built: int) -> Call:
    """With the function of the program around it, where one parameter of that is the number: what builds the norm."""
    code = frame.f_code
    parameters = code.co_varnames[: code.co_argcount]
    alike = [name for name in parameters if type(frame.f_locals.get(name)) is int and frame.f_locals[name] == built]
    above = places.user_frame(frames[: list(frames).index(frame)])
    node = places.call_in(above)
    if len(alike) != 1 or above is None or node is None:
        return call
    place = places.location((above.f_code.co_filename, node.lineno))
    position = parameters.index(alike[0]) - (parameters[0] in ("self", "cls"))
    return call._replace(
        type=code.co_name,
        built=None if place is None else Location(place.file, place.line, place.code, node.col_offset),
        written={_COUNT: (alike[0], position)},
    )


def _trial(function: Callable[..., Any], args: Sequence[Any], named: Mapping[str, Any], built: int) -> Trial:
    """The function again, on abstract tensors, its parameters of another number."""

    def tried(changes: Sequence[Change]) -> Verdict:
        wanted = changes[-1].arguments.get(_COUNT) if isinstance(changes[-1], Rebuild) else None
        if not isinstance(wanted, int):
            return Verdict(None)

        def abstract(thing: Any) -> Any:
            if not is_tensor(thing):
                return thing
            shape = shape_of(thing)
            return Spec((wanted,) if shape == (built,) else shape, "float32")

        ended = run_pass(function, Given([abstract(one) for one in args], {k: abstract(v) for k, v in named.items()}))
        return Verdict(ended.raised is None, ended.outputs, ended.raised)

    return tried
