"""Remedies that several causes bring, each with what to try and what to write."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.shapes import Source, on_line, same_line, wanted_channels
from whynorm.catalogue.together import number_of, rebuilt, wider
from whynorm.facts import Call, Case, Location, Origin
from whynorm.facts.change import (
    Argument,
    Arrange,
    Change,
    Edit,
    Feed,
    Infer,
    Insert,
    Mode,
    Ready,
    Rebuild,
    Recall,
    Remove,
    Rename,
    Replace,
    SetArgument,
    SetTogether,
    Transform,
    Unwrap,
    Wrap,
)
from whynorm.facts.history import History, Use
from whynorm.facts.spelling import Spoken, has_tensor_methods, pooling, transformed
from whynorm.report import Changes


def transform_input(
    case: Case,
    found: Source,
    title: str,
    *steps: tuple[str, tuple[object, ...]],
    when: str | None = None,
    safe: bool = False,
) -> Remedy:
    """The root's input is transformed, each step in turn: where the program makes it, or where it hands it over."""
    edits: tuple[Edit, ...]
    trial = _transforms(found.number, steps)
    if case.try_out(trial).passed is False:
        given = zip(case.trace.places, case.trace.inputs, strict=True)
        alike = [place for place, value in given if len(value.shape) == len(found.value.shape)]
        together = tuple(step for number in alike for step in _transforms(number, steps))
        if len(alike) > 1 and case.try_out(together).passed:
            edits = tuple(edit for number in alike for edit in _at_call(case, number, _behind(case, steps)))
            return Remedy(f"{title}, and the other inputs likewise", "call", when, together, edits, safe)
    origin = origin_of(case, found)
    methods = has_tensor_methods(case.framework)
    if origin is not None and (methods or _is_known(origin, steps)):
        otherwise = None if methods else next(iter(_at_call(case, found.number, _behind(case, steps))), None)
        edits = tuple(Arrange(origin, *step, methods, otherwise) for step in steps)
    else:
        edits = _at_call(case, found.number, _behind(case, steps))
    return Remedy(title, "input" if origin is None else "data", when=when, trial=trial, edits=edits, safe=safe)


def _is_known(origin: Origin, steps: Sequence[tuple[str, tuple[object, ...]]]) -> bool:
    """Whether an array whose methods are known is on the way; NumPy's, or one that was turned, may only be turned."""
    kinds = {step.array for step in origin.steps}
    turned = all(operation in ("permute", "transpose") for operation, _ in steps)
    return "tensor" in kinds or (turned and ("numpy" in kinds or any(step.kind == "moved" for step in origin.steps)))


def _transforms(number: int | str, steps: Sequence[tuple[str, tuple[object, ...]]]) -> tuple[Transform, ...]:
    return tuple(Transform(operation, arguments, input=number) for operation, arguments in steps)


def _behind(case: Case, steps: Sequence[tuple[str, tuple[object, ...]]]) -> str | None:
    written = "{}"
    for operation, arguments in steps:
        spoken = case.hints.get("spoken")
        template = transformed(case.framework, operation, arguments, spoken if isinstance(spoken, Spoken) else None)
        if template is None:
            return None
        written = template.format(written)
    return written


def origin_of(case: Case, found: Source) -> Origin | None:
    """The way on which the program made the root's input."""
    origins = case.hints.get("origins")
    origin = origins.get(found.number) if isinstance(origins, Mapping) else None
    return origin if isinstance(origin, Origin) else None


def line_of(case: Case, found: Source | None, operation: str = "permute") -> Location | None:
    """The line of the program at which the root's input lost, or got, what this operation puts right."""
    origin = origin_of(case, found) if found is not None else None
    return origin.place(operation).location if origin is not None else None


def _at_call(case: Case, argument: int | str, written: str | None) -> tuple[Wrap, ...]:
    called, callee = case.hints.get("called"), case.hints.get("callee")
    if written is None or not isinstance(called, Location) or not isinstance(callee, str):
        return ()
    return (Wrap(called, callee, argument, written),)


def feed(case: Case, title: str, changes: Changes, feeds: Sequence[Feed], when: str | None = None) -> Remedy:
    """The root gets inputs of other shapes; the data are the user's to change."""
    return Remedy(title, changes, when=when, trial=tuple(feeds))


def resize(
    case: Case, found: Source, fed: tuple[Feed, ...], title: str, changes: Changes, when: str | None = None
) -> Remedy:
    """The root's inputs get other sizes: in the call that makes it, else by resizing where the root is called.

    `found` is the source of the first of them.
    """
    made = _made_as(case, found, fed[0]) if len(fed) == 1 else ()
    return Remedy(title, changes, when=when, trial=fed, edits=made or _resized(case, found, fed))


def called(case: Case) -> Location | None:
    """The user's line that calls the root."""
    place = case.hints.get("called")
    return place if isinstance(place, Location) else None


_SIZE_AT = {"interpolate": 1, "resize": 1, "center_crop": 1, "Resize": 0, "CenterCrop": 0, "RandomCrop": 0}
"""The place of the size among the arguments of what resizes, in torch and torchvision."""


def _resized_as(origin: Origin, wanted: tuple[int, ...]) -> tuple[Edit, ...]:
    """The size in `F.interpolate(images, size=(32, 32))`, where the sizes of an input are set by such a call."""
    for step in origin.steps:
        if step.kind == "resized":
            made = ast.parse(step.expression, mode="eval").body
            func = made.func if isinstance(made, ast.Call) else None
            call = func if isinstance(func, ast.Call) else made
            name = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
            place = _SIZE_AT.get(name.rpartition(".")[2])
            if place is None or name.startswith("cv2.") or not isinstance(call, ast.Call):
                return ()
            given = [one.value for one in call.keywords if one.arg == "size"] or call.args[place : place + 1]
            plain = bool(given) and isinstance(given[0], ast.Constant)
            value = repr(wanted[0] if plain and len(set(wanted)) == 1 else wanted)
            return (SetArgument(step.location, name, "size", place, value),) if given else ()
        if step.kind not in ("passed", "cast", "stacked", "converted", "added"):
            return ()
    return ()


def _made_as(case: Case, found: Source, fed: Feed) -> tuple[Edit, ...]:
    """The sizes in `torch.rand(4, 3, 64, 64)`, where the input is handed on just as it was made."""
    origin, own = origin_of(case, found), found.value.shape
    if origin is None or len(fed.shape) != len(own):
        return ()
    if any(step.kind == "resized" for step in origin.steps):
        return _resized_as(origin, fed.shape[2:]) if fed.shape[:2] == own[:2] else ()
    if origin.steps[-1].kind != "made":
        return ()
    if any(step.kind not in ("passed", "cast") for step in origin.steps[:-1]):
        return ()
    place = origin.steps[-1]
    try:
        calls = [node for node in ast.walk(ast.parse(place.expression, mode="eval")) if isinstance(node, ast.Call)]
    except SyntaxError:
        return ()
    for call in calls:
        if ast.unparse(call.func).rpartition(".")[2] not in _OF_SIZES:
            continue
        if len(call.args) == len(own) and not any(isinstance(size, ast.Starred) for size in call.args):
            literal = [
                size.value if isinstance(size, ast.Constant) else old for size, old in zip(call.args, own, strict=True)
            ]
            scaled = _in_proportion(literal, own, fed.shape)
            return tuple(
                SetArgument(place.location, ast.unparse(call.func), None, axis, str(size), was=old, apart=True)
                for axis, (old, size) in enumerate(zip(literal, scaled, strict=True))
                if old != size
            )
    return ()


_OF_SIZES = ("rand", "randn", "zeros", "ones", "empty")
"""Functions that are given the sizes of what they make, one by one."""


def _in_proportion(written: Sequence[object], own: Sequence[int], wanted: Sequence[int]) -> list[object]:
    """The sizes that were written, where layers before the model made `own` of them, so that `wanted` arrive."""
    return [
        size if old == new or not isinstance(size, int) or not old else -(-size * new // old)
        for size, old, new in zip(written, own, wanted, strict=True)
    ]


def _resized(case: Case, found: Source, fed: tuple[Feed, ...]) -> tuple[Edit, ...]:
    """Images and volumes are interpolated; of a signal in time that would be another signal."""
    own, wanted = found.value.shape, fed[0].shape
    if len(wanted) not in (4, 5) or wanted[:2] != own[:2] or not has_tensor_methods(case.framework):
        return ()
    written = f"torch.nn.functional.interpolate({{}}, size={wanted[2:]})"
    # maps as large as the input: its targets still fit them
    back = f"torch.nn.functional.interpolate({{}}, size={own[2:]})" if _gives(case, fed, wanted) else "{}"
    return _around_call(case, fed, written, back)


def padded(case: Case, found: Source, fed: tuple[Feed, ...], title: str, when: str | None = None) -> Remedy:
    """The root's inputs are padded behind to these sizes where it is called, and its output cropped to its own.

    To the next multiples, where these are such: the call may see inputs of several sizes.
    """
    own, wanted = found.value.shape, fed[0].shape
    if not has_tensor_methods(case.framework):
        return Remedy(title, "input", when=when, trial=fed)
    first = 2 if len(own) > 2 else 1  # numbers of words have no channels
    axes = range(len(own) - 1, first - 1, -1)
    padding = tuple(number for axis in axes for number in (0, wanted[axis] - own[axis]))
    trial = tuple(Transform("pad", padding, input=one.input) for one in fed)
    keeps = first == 2 and _gives(case, trial, wanted)
    crop = "{}[..., " + ", ".join(f":{size}" for size in own[2:]) + "]" if keeps else "{}"
    edits = _around_call(case, fed, transformed(case.framework, "pad", padding) or "", crop)
    step = _multiple(case, found, fed) if first == 2 else None
    if step is not None and edits and isinstance(edits[0], Wrap):
        more = ", ".join(f"0, -{{}}.shape[{axis - len(own)}] % {step}" for axis in axes)
        ends = ", ".join(f":{{argument}}.shape[{axis - len(own)}]" for axis in reversed(axes))
        crop = f"{{}}[..., {ends}]" if keeps else "{}"
        edits = (edits[0]._replace(simple=(f"torch.nn.functional.pad({{}}, ({more}))", crop)), *edits[1:])
    return Remedy(title, "call", when=when, trial=trial, edits=edits)


def _multiple(case: Case, found: Source, fed: Sequence[Feed]) -> int | None:
    """Of what these sizes are the next multiples, if the ones after them pass as well; of one input alone."""
    own, wanted = found.value.shape, fed[0].shape
    for step in (2, 4, 8, 16, 32, 64, 128) if len(fed) == 1 else ():
        if all(-(-size // step) * step == to for size, to in zip(own[2:], wanted[2:], strict=True)):
            further = Feed(fed[0].input, (*wanted[:2], *(size + step for size in wanted[2:])))
            if case.try_out((further,)).passed:
                return step
    return None


def keeps_size(case: Case, fed: Sequence[Feed]) -> bool:
    """Whether the root gives one output of the sizes that it gets here."""
    return _gives(case, fed, fed[0].shape)


def _gives(case: Case, changes: Sequence[Change], shape: tuple[int, ...]) -> bool:
    """Whether the root, with these changes, gives one output, of the sizes of this shape."""
    outputs = case.try_out(changes).outputs
    return len(outputs) == 1 and outputs[0][2:] == shape[2:]


def _around_call(case: Case, fed: Sequence[Feed], written: str, back: str) -> tuple[Edit, ...]:
    """Each of these inputs is transformed where the root is called, and what it returns is transformed back."""
    edits = [edit for one in fed for edit in _at_call(case, one.input, written)]
    if edits and isinstance(edits[0], Wrap):
        edits[0] = edits[0]._replace(result=back)
    return tuple(edits)


def batch_of(case: Case, size: int) -> tuple[Feed, ...]:
    """Every input of the root that shares the first one's batch, with this many samples."""
    inputs = case.trace.inputs
    batch = inputs[0].shape[0] if inputs and inputs[0].shape else None
    return tuple(
        Feed(place, (size, *value.shape[1:]))
        for place, value in zip(case.trace.places, inputs, strict=True)
        if value.shape and value.shape[0] == batch
    )


def larger_batch(case: Case, title: str, when: str | None = None) -> Remedy:
    """The batch gets at least two samples: by the loader that it came from, where that is known."""
    loader = case.hints.get("loader")
    known = loader if isinstance(loader, Mapping) else {}
    samples, place = known.get("samples"), known.get("location")
    size = next((one for one in (2, 3, 4) if not isinstance(samples, int) or samples % one != 1), 2)
    edits: tuple[Edit, ...] = ()
    if known.get("batch_size") == 1 and isinstance(place, Location):
        edits = (SetArgument(place, "DataLoader", "batch_size", 1, str(size)),)
    return Remedy(title, "data", when=when, trial=batch_of(case, size), edits=edits)


def set_number(
    case: Case,
    call: Call,
    title: str,
    name: str,
    position: int | None,
    value: object,
    *,
    like: tuple[Call, str, int] | None = None,
    when: str | None = None,
    safe: bool = False,
) -> Remedy:
    """A setting of a layer is changed. `like` is a neighbour's setting of the right value: (call, name, position)."""
    if is_function(call):
        return _set_in_function(case, call, title, name, position, value, when=when)
    numbers = _as_neighbours(case, call, like) if like is not None else {}
    for layer in on_line(case, call):
        if layer.path == call.path or _is_built_alike(layer, call, name):
            numbers.setdefault(layer.path or "", value)
    others = [] if like is not None else _alike(case, call)
    numbers |= {layer.path or "": value for other in others for layer in same_line(case, other)}
    trial: tuple[Change, ...] = tuple(Rebuild(path, arguments={name: number}) for path, number in numbers.items())
    edits: tuple[Edit, ...] = ()
    more = wider(case, call, name, value, trial) if like is None else None
    shared = more is not None and any(_builds_others(case, one.call, one.name, more.paths) for one in more.settings)
    if more is not None:
        trial = rebuilt(trial, more.settings, value)
        further_on = len(more.settings)
        title += f", and {'what else has' if further_on == 1 else f'the {further_on} others that have'} this number too"
    trained = case.hints.get("trained")
    if isinstance(trained, frozenset) and call.path in trained:
        pass  # it did fit what came before
    elif call.built is not None and not shared and not _builds_others(case, call, name, numbers):
        neighbour = None
        if like is not None and like[0].built is not None:
            neighbour = Argument(like[0].built, like[0].type, *like[0].written.get(like[1], like[1:]))
        keyword, place = call.written.get(name, (name, position))
        given = case.hints.get("given")
        if isinstance(given, Mapping) and name in given:
            callee, keyword = given[name]
            edits = (SetArgument(call.built, callee, keyword, None, repr(value)),)
            return Remedy(title, "layer", when=when, trial=trial, edits=edits, safe=safe)
        places = dict.fromkeys(one.built for one in (call, *others) if one.built is not None)
        was = number_of(call, name)
        own = [SetArgument(one, call.type, keyword, place, repr(value), neighbour, was) for one in places]
        further = [one.edit(value) for one in more.settings] if more is not None else []
        if None not in further:
            alike = tuple(one for one in dict.fromkeys([*own, *further]) if one is not None)
            edits = alike if len(alike) == 1 else (SetTogether(alike, more is not None and more.alone),)
    return Remedy(title, "layer", when=when, trial=trial, edits=edits, safe=safe)


def _alike(case: Case, call: Call) -> list[Call]:
    """The layers of other lines that are built with the same settings and refuse their input in the same words."""
    return [
        one
        for one in case.trace.calls
        if one.path != call.path and (one.type, one.built_as) == (call.type, call.built_as) and _say_the_same(one, call)
    ]


def _say_the_same(one: Call, other: Call) -> bool:
    """Whether two calls raised the same; a framework may tell more around the first."""
    if one.raised is None or other.raised is None:
        return False
    texts = one.raised.message, other.raised.message
    return _says(one) == _says(other) or texts[0] in texts[1] or texts[1] in texts[0]


def _is_built_alike(layer: Call, call: Call, name: str) -> bool:
    """Whether a layer of the same line has the same number there, by the same calls of the functions around it."""
    ways = [one.built.through if one.built is not None else () for one in (layer, call)]
    return ways[0] == ways[1] and layer.arguments.get(name) == call.arguments.get(name)


def pool_positions(case: Case, flatten: Call) -> Remedy | None:
    """The positions are pooled, where the framework has a layer that gives features and no positions."""
    kind = pooling(case.framework, len(flatten.shape or ()))
    if kind is None or flatten.type != "Flatten":
        return None
    return become(
        case,
        flatten,
        f"pool over the positions in place of the flatten: {kind}()",
        kind,
        {},
        when="inputs of several sizes are to be taken; it is trained anew",
    )


def is_function(call: Call) -> bool:
    """Whether a norm is a function, `F.layer_norm`, and no layer that is built."""
    return call.role == "norm" and call.type.startswith(("F.", "torch."))


def _set_in_function(
    case: Case, call: Call, title: str, name: str, position: int | None, value: object, *, when: str | None
) -> Remedy:
    written = (value,) if name == "normalized_shape" and isinstance(value, int) else value
    edits: tuple[Edit, ...] = ()
    if position is not None:  # the input stands before the settings
        edits = tuple(
            SetArgument(place, call.type, name, position + 1, repr(written)) for place in _same_failures(case, call)
        )
    alike = [call]
    if isinstance(value, bool):  # it suits every shape
        alike = [one for one in case.trace.calls if one.raised is not None and _place(one) == _place(call)]
    recalls = tuple(change for one in alike for change in _recall(one, {name: written}))
    return Remedy(title, "call", when=when, trial=recalls, edits=edits)


def _place(call: Call) -> tuple[object, ...]:
    return call.type, call.path, call.location


def _same_failures(case: Case, call: Call) -> list[Location]:
    """The lines on which the same function refuses the same shape in the same `forward`: a trial changes them all."""
    alike = [
        other.location or called(case)  # the function itself may be the root
        for other in (call, *case.trace.calls)
        if (other.type, other.path, other.shape) == (call.type, call.path, call.shape) and other.raised is not None
    ]
    return list(dict.fromkeys(place for place in alike if place is not None))


def _recall(call: Call, arguments: Mapping[str, object] | None) -> tuple[Recall, ...]:
    return (Recall(call.type.rpartition(".")[2], call.path or "", call.shape or (), arguments),)


def _builds_others(case: Case, call: Call, name: str, numbers: Mapping[str, object]) -> bool:
    """Whether the piece of source, in a loop for instance, builds layers that need another number."""
    return any(
        other.built == call.built and other.arguments.get(name) != call.arguments.get(name)
        for other in case.trace.calls
        if other.type == call.type and other.path not in numbers
    )


def _as_neighbours(case: Case, call: Call, like: tuple[Call, str, int]) -> dict[str, object]:
    """For each layer that the same line builds, the number of the layer that stands to it as `like` to this one."""
    makers = {maker.path: maker.arguments.get(like[1]) for maker in on_line(case, like[0])}
    numbers: dict[str, object] = {}
    for layer in on_line(case, call):
        number = makers.get(_beside(layer.path or "", call.path or "", like[0].path or ""))
        if layer.path is not None and number is not None:
            numbers[layer.path] = number
    return numbers


def _beside(path: str, like: str, beside: str) -> str | None:
    """The path that stands to a path as `beside` to `like`: `norms.3` to `convs.3` as `norms.0` to `convs.0`."""
    parts = [part.split(".") for part in (path, like, beside)]
    if len({len(part) for part in parts}) != 1:
        return None
    found = []
    for own, old, new in zip(*parts, strict=True):
        if old == new:
            found.append(own)
        elif own.isdigit() and old.isdigit() and new.isdigit():
            found.append(str(int(own) + int(new) - int(old)))
        elif own == old:
            found.append(new)
        else:
            return None
    return ".".join(found)


def become(
    case: Case,
    call: Call,
    title: str,
    type: str,
    arguments: Mapping[str, object] | None = None,
    *,
    when: str | None = None,
    safe: bool = False,
) -> Remedy:
    """A layer becomes one of another type; `arguments` replace those that it was built with."""
    if is_function(call):
        return Remedy(title, "model", when=when)
    layers, count = on_line(case, call), _count(call)
    serves_others = call.raised is not None and any(layer.raised is None for layer in layers)
    if serves_others:  # the line builds layers that are as they should be
        layers = [layer for layer in layers if layer.raised is not None]
    trial = tuple(Rebuild(layer.path or "", type, _counted(arguments or {}, count, _count(layer))) for layer in layers)
    edits: tuple[Edit, ...] = ()
    if call.built is not None and not serves_others:
        written = None if arguments is None else ", ".join(_written(*item) for item in arguments.items())
        edits = (Rename(call.built, call.type, type, written, count),)
    return Remedy(title, "layer", when=when, trial=trial, edits=edits, safe=safe)


def _count(call: Call) -> int | None:
    """The number that a norm is built with: its channels, or the one size that it normalises over."""
    trailing = call.arguments.get("normalized_shape")
    return trailing[0] if isinstance(trailing, tuple) and len(trailing) == 1 else wanted_channels(call)


def _counted(arguments: Mapping[str, object], count: int | None, own: int | None) -> Mapping[str, object]:
    """The arguments, in which each layer of a line has its own number of channels."""
    return {name: own if own is not None and value == count else value for name, value in arguments.items()}


def at_layers(
    case: Case, call: Call, operation: str, arguments: tuple[object, ...], *, back: bool = False
) -> tuple[Transform, ...]:
    """A transformation at the input of the layer, and of those that the same line of a `forward` calls."""
    paths = {call.path: None} | {
        other.path: None
        for other in case.trace.calls
        if call.location is not None and other.location == call.location and other.type == call.type
    }
    return tuple(Transform(operation, arguments, path=path, back=back) for path in paths if path is not None)


def before_layer(call: Call, before: str, layer: str | None, after: str = "{}") -> tuple[Edit, ...]:
    """A layer's input is transformed where its `forward` calls it, or by another layer in a sequence.

    `before` and `after` are templates around the input and the output; `layer` is the constructor of a layer that
    does what `before` does.
    """
    above, _, name = (call.path or "").rpartition(".")
    if call.location is not None and f"self.{name}(" in call.location.code:
        return (Wrap(call.location, f"self.{name}", 0, before, after),)
    sequence = above.rpartition(".")[2]
    if name == "0" and sequence and after == "{}" and layer is None and call.location is not None:
        return (
            (Wrap(call.location, f"self.{sequence}", 0, before),) if f"self.{sequence}(" in call.location.code else ()
        )
    if name.isdigit() and layer is not None and call.built is not None and f"{call.type}(" in call.built.code:
        prefix = call.built.code.split(f"{call.type}(")[0]
        prefix = prefix[len(prefix.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.")) :]
        return (Wrap(call.built, f"{prefix}{call.type}", 0, "{}", f"{prefix}{layer}, {{}}"),)
    return ()


def arguments_written(call: Call) -> list[str] | None:
    """The source texts of a constructor's arguments, where the whole call stands on its line."""
    if call.built is None:
        return None
    _, name, rest = call.built.code.partition(f"{call.type}(")
    for end in (place for place, letter in enumerate(rest) if name and letter == ")"):
        try:
            made = ast.parse(f"f({rest[: end + 1]}", mode="eval").body
        except SyntaxError:
            continue
        if isinstance(made, ast.Call):
            return [ast.unparse(one) for one in made.args] + [f"{k.arg}={ast.unparse(k.value)}" for k in made.keywords]
    return None


def _written(name: str, value: object) -> str:
    return f"{name}={value!r}"


def as_samples(call: Call, path: str, callee: str, size: int, title: str) -> Remedy:
    """The first two axes are merged before a part of the network, and parted again behind it.

    `callee` is how the call's line calls the part; `size` is that of the second axis.
    """
    assert call.location is not None
    merged, parted = "{}.flatten(0, 1)", f"{{}}.unflatten(0, (-1, {size}))"
    by_its_own = (merged, "{}.unflatten(0, {argument}.shape[:2])")
    return Remedy(
        title,
        "model",
        trial=(Transform("flatten", (0, 1), path=path, back=True),),
        edits=(Wrap(call.location, callee, 0, merged, parted, by_its_own),),
    )


def leave_out(case: Case, call: Call, title: str, when: str | None = None) -> Remedy:
    """The layer is left out, and its input passes through; those that fail after it for the same reason as well.

    Where its line of source builds other layers too, which are to stay, it is taken out of the model that is built.
    """
    if call.path is None:
        return Remedy(title, "model", when)
    if is_function(call):
        unwrapped = () if call.location is None else (Unwrap(call.location, call.type),)
        return Remedy(title, "model", when=when, trial=_recall(call, None), edits=unwrapped)
    layers = [call, *(one for one in case.trace.calls if one.path != call.path and _is_like(one, call))]
    edits: list[Edit] = []
    called, callee = case.hints.get("called"), case.hints.get("callee")
    for layer in layers:
        own = layer.built is not None and not layer.built.library and len(on_line(case, layer)) == 1
        helper = _helper(case, layer)
        if layer.built is not None and own:
            edits.append(Rename(layer.built, layer.type, "Identity", ""))
        elif helper is not None:
            edits.append(helper)
        elif not has_tensor_methods(case.framework):
            return Remedy(title, "model", when=when, trial=tuple(Remove(one.path or "") for one in layers))
        elif isinstance(called, Location) and isinstance(callee, str) and callee.replace(".", "").isidentifier():
            edits.append(Insert(called, f"{callee}{_access(layer.path or '')} = torch.nn.Identity()"))
    trial = tuple(Remove(layer.path) for layer in layers if layer.path is not None)
    return Remedy(title, "model", when=when, trial=trial, edits=tuple(edits))


def _helper(case: Case, layer: Call) -> Unwrap | None:
    """The call of a function of the program that does nothing but apply such a layer: it is taken away."""
    place, built = layer.location, layer.built
    if place is None or built is None or place[:2] != built[:2] or not place.through:
        return None
    outer = place.through[0]
    name = next((one for one in layer.named if f"{one}(" in outer.code), None)
    return Unwrap(outer, name) if name is not None and place.code.startswith("return ") else None


def _is_like(one: Call, other: Call) -> bool:
    """Whether a layer of the same type fails for the same reason, or is as silently left with one value."""
    if (one.type, one.role) != (other.type, other.role) or (one.raised is None) != (other.raised is None):
        return False
    return _says(one) == _says(other) if one.raised is not None else _has_one_value(one) and _has_one_value(other)


def _has_one_value(call: Call) -> bool:
    return call.reading is not None and call.shape is not None and call.reading.values(call.shape) == 1


def _says(call: Call) -> str | None:
    """What was said when a call raised, without its sizes."""
    return call.raised.message.partition(",")[0] if call.raised is not None else None


def _access(path: str) -> str:
    """`.stages[6].norm` of `stages.6.norm`."""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split("."))


def inference(case: Case, when: str | None = "this is inference") -> Remedy:
    """The model is put into inference mode before it is called."""
    called, callee = case.hints.get("called"), case.hints.get("callee")
    edits: tuple[Edit, ...] = ()
    if isinstance(called, Location) and isinstance(callee, str) and callee.replace(".", "").isidentifier():
        mode = case.hints.get("mode", "")
        edits = (Infer(called, callee),) if mode == "" else _said(called, callee, mode, "False")
    return Remedy("put the model into inference mode before it is called", "mode", when, (Mode(False),), edits)


def _said(called: Location, callee: str, mode: object, value: str) -> tuple[Edit, ...]:
    """The mode is an argument of the call, where it has one."""
    return (SetArgument(called, callee, mode, None, value),) if isinstance(mode, str) else ()


def inference_at(case: Case, use: Use, history: History) -> Remedy:
    """The calls of one place of the program are made in inference mode, and those that train in training mode."""
    learning = [one for one in history.uses if one.learnt and one.callee is not None]
    trains = max(learning, key=lambda one: one.learnt, default=None)
    edits: tuple[Edit, ...] = ()
    if use.callee is not None and use.mode is not None:
        edits = (SetArgument(use.called, use.callee, use.mode, None, "False"),)
        return Remedy("make these passes in inference mode", "mode", None, (Mode(False),), edits)
    if not has_tensor_methods(case.framework):
        return Remedy("make these passes in inference mode: training=False", "mode", None, (Mode(False),))
    if use.callee is not None and _is_access(use.callee) and _is_shared(use, history):
        edits = (Insert(use.called, f"{use.callee}.train(torch.is_grad_enabled())"),)
        title = "put the model into training mode only where gradients are recorded: one line calls it for both"
        return Remedy(title, "mode", None, (Mode(False),), edits)
    if use.callee is not None and _is_access(use.callee):
        again = training_at(case, trains).edits[:1] if trains is not None and trains.last > use.first else ()
        behind = next((edit for edit in again if isinstance(edit, Ready)), None)
        edits = (Infer(use.called, use.callee, behind),)
    back = ", and back into training mode behind it" if trains is not None and trains.last > use.first else ""
    return Remedy(f"put the model into inference mode before these passes{back}", "mode", None, (Mode(False),), edits)


def _is_shared(use: Use, history: History) -> bool:
    """Whether the very line that makes these passes makes those that train too, with gradients."""
    same = [one for one in history.uses if one.called[:2] == use.called[:2]]
    return not use.grad and any(one.grad and one.learnt for one in same)


def training_at(case: Case, use: Use) -> Remedy:
    """The calls of one place of the program are made in training mode."""
    edits: tuple[Edit, ...] = ()
    if use.mode is None and not has_tensor_methods(case.framework):
        title = "give the network's call() an argument named training: Keras hands the mode to no other"
        return Remedy(title, "model", None, (Mode(True),))
    if use.callee is not None and use.mode is not None:
        edits = (SetArgument(use.called, use.callee, use.mode, None, "True"),)
    elif use.callee is not None and _is_access(use.callee):
        edits = (Ready(use.called, use.callee, f"{use.callee}.train()"),)
    return Remedy("put the model into training mode before these passes", "mode", None, (Mode(True),), edits)


def frozen_at(use: Use, part: str) -> Remedy:
    """A part of the model is in inference mode while the rest of it is trained."""
    edits: tuple[Edit, ...] = ()
    if use.callee is not None and use.mode is not None:
        edits = (SetArgument(use.called, use.callee, use.mode, None, "False"),)
        return Remedy(
            f"call {part or use.callee} in inference mode", "mode", "it is to stay as it is", (Mode(False),), edits
        )
    if use.callee is not None and _is_access(use.callee):
        edits = (Ready(use.called, use.callee, f"{use.callee}{_access(part) if part else ''}.eval()"),)
    return Remedy(
        f"put {part or 'the model'} into inference mode, after each train()", "mode", "it is to stay as it is",
        (Mode(False, part),), edits,
    )  # fmt: skip


def usual_momentum(case: Case) -> Remedy:
    """All norms get the momentum that is usual: 0.1, as the share of each new batch."""
    odd = [one for one in case.trace.calls if one.arguments.get("momentum", 0.1) != 0.1 or one.history is not None]
    usual = _usual_momentum(case.call)
    edits = with_momentum(odd, usual)
    assigned = case.call.history.assigned if case.call.history is not None else ()
    later = [Replace(one.location, one.written, str(usual)) for one in assigned if one.name == "momentum"]
    return Remedy(
        f"set momentum to {usual}",
        "layer",
        trial=tuple(Rebuild(one.path or "", arguments={"momentum": usual}) for one in odd),
        edits=tuple(later) or edits,
    )


def with_momentum(norms: Iterable[Call], momentum: float) -> tuple[Edit, ...]:
    """These norms are built with another momentum: one edit for each line that builds some of them."""
    edits = {
        one.built[:2]: SetArgument(
            one.built,
            one.type,
            *one.written.get("momentum", ("momentum", 2)),
            str(momentum),
            was=one.arguments["momentum"],
        )
        for one in norms
        if one.built is not None and "momentum" in one.arguments
    }
    return tuple(edits.values())


def _usual_momentum(call: Call) -> float:
    """0.1 of the new batch; 0.9 where a layer counts the share of the old statistics."""
    statistics, momentum = call.history.statistics if call.history else None, call.arguments.get("momentum")
    same = statistics is None or statistics.momentum is None or statistics.momentum == momentum
    return 0.1 if same else 0.9


def _is_access(callee: str) -> bool:
    """Whether this names an object: `self.net`, `models["pose"]`."""
    return re.sub(r"""\[(\d+|'\w+'|"\w+")\]""", "", callee).replace(".", "").isidentifier()
