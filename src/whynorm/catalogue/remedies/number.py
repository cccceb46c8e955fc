"""A setting of a layer is changed, and of whatever has to change together with it."""

import ast
from collections.abc import Mapping

from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.remedies.alike import alike_elsewhere
from whynorm.catalogue.remedies.functions import is_function, set_in_function
from whynorm.catalogue.shapes import on_line, same_line
from whynorm.catalogue.together import number_of, rebuilt, wider
from whynorm.facts import Call, Case
from whynorm.facts.change import Argument, Change, Edit, Rebuild, SetArgument, SetTogether


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
        return set_in_function(case, call, title, name, position, value, when=when)
    number = (number_of(call, name), value)
    numbers = _as_neighbours(case, call, like) if like is not None else {}
    for layer in on_line(case, call):
        if layer.path == call.path or _is_built_alike(layer, call, name):
            numbers.setdefault(layer.path or "", value)
    others = [] if like is not None else alike_elsewhere(case, call)
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
            known = case.hints.get("absent")
            absent = isinstance(known, frozenset) and keyword in known
            edits = (SetArgument(call.built, callee, keyword, None, repr(value), absent=absent),)
            return Remedy(title, "layer", when=when, trial=trial, edits=edits, safe=safe, number=number)
        places = dict.fromkeys(one.built for one in (call, *others) if one.built is not None)
        was = number_of(call, name)
        own = [SetArgument(one, call.type, keyword, place, repr(value), neighbour, was) for one in places]
        further = [one.edit(value) for one in more.settings] if more is not None else []
        if None not in further:
            alike = tuple(one for one in dict.fromkeys([*own, *further]) if one is not None)
            edits = alike if len(alike) == 1 else (SetTogether(alike, more is not None and more.alone),)
    return Remedy(title, "layer", when=when, trial=trial, edits=edits, safe=safe, number=number)


def _is_built_alike(layer: Call, call: Call, name: str) -> bool:
    """Whether a layer of the same line has the same number there, by the same calls of the functions around it."""
    ways = [one.built.through if one.built is not None else () for one in (layer, call)]
    return ways[0] == ways[1] and layer.arguments.get(name) == call.arguments.get(name)


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
