"""The root's inputs get other sizes: fed, resized or padded."""

import ast
from collections.abc import Sequence

from whynorm.catalogue.program import at_call, declared, origin_of
from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.shapes import Source
from whynorm.facts import Case, Origin
from whynorm.facts.change import Change, Declare, Edit, Feed, SetArgument, Transform, Wrap
from whynorm.facts.spelling import has_tensor_methods, transformed
from whynorm.report import Changes


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
    return Remedy(
        title, changes, when=when, trial=fed, edits=made or _declared(case, found, fed) or _resized(case, found, fed)
    )


def _declared(case: Case, found: Source, fed: tuple[Feed, ...]) -> tuple[Edit, ...]:
    """A model that is being built says what it is going to take, by variables that make the data as well."""
    place, own = declared(case, found), found.value.shape
    if place is None or len(fed) != 1 or len(fed[0].shape) != len(own):
        return ()
    sizes = {axis - 1: (old, new) for axis, (old, new) in enumerate(zip(own, fed[0].shape, strict=True)) if old != new}
    return (Declare(place, sizes),)


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
    edits = [edit for one in fed for edit in at_call(case, one.input, written)]
    if edits and isinstance(edits[0], Wrap):
        edits[0] = edits[0]._replace(result=back)
    return tuple(edits)
