"""A construction that raised: which layer was being built, of which network, and building it with other numbers."""

import ast
import inspect
import linecache
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from executing import Source as Executing
from torch import nn

from whynorm.facts import Call, Location, Trace, Trial, Verdict
from whynorm.facts.change import Change, Rebuild
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import layers, places
from whynorm.frameworks.torch.follow import building, framework
from whynorm.frameworks.torch.recorded import raised_of


def construction(error: BaseException, traceback: types.TracebackType | None = None) -> Followed:
    """The finding of a construction that raised: the innermost layer that was being built, and the user's line.

    `traceback`: the frames it came through, where the exception has not yet left them.
    """
    traceback = error.__traceback__ if traceback is None else traceback
    layer, settings = _being_built(traceback)
    outer = _library_network(traceback)
    given = {} if outer is None else outer.given(settings)
    lines = list(_lines(traceback))
    place = lines[-1]._replace(through=tuple(lines[-2::-1])) if lines else places.location(places.of_traceback(error))
    call = Call(
        type=layer or "module",
        role=_role_named(layer),
        path="",
        built_as=_call_text(layer, settings),
        arguments=settings,
        location=place,
        built=place,
        raised=raised_of(error),
    )
    return Followed(
        framework(),
        "raises",
        Trace((), (call,)),
        raised=raised_of(error),
        hints={"given": given} if given else {},
        trial=lambda call: _trial(call, outer),
    )


def _lines(traceback: types.TracebackType | None) -> Iterator[Location]:
    """The user's lines that an exception came through, outermost first, each where its call starts."""
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        place = places.location((file, traceback.tb_lineno)) if places.owner(file) == "user" else None
        if place is not None:
            node = Executing.executing(traceback).node
            if isinstance(node, ast.Call) and node.lineno == place.line:
                before = linecache.getline(file, place.line).encode()[: node.col_offset]
                place = place._replace(column=len(before.decode(errors="replace")))
            yield place
        traceback = traceback.tb_next


class Outer(NamedTuple):
    """A library's network that the user has built, while its own constructor fails inside."""

    type: Any
    arguments: Mapping[str, Any]

    def given(self, settings: Mapping[str, object]) -> dict[str, tuple[str, str]]:
        """By the failing layer's setting, the network's name and the argument through which its number came.

        The one argument of this value whose name shares a word with the setting's: `norm_num_groups`, `num_groups`.
        """
        found = {}
        for name, value in settings.items():
            words = set(name.split("_")) - {"num", "size", "in", "out"}
            fitting = [
                own for own, given in self.arguments.items() if type(given) is type(value) is int and given == value
            ]
            named = [own for own in fitting if words & set(own.split("_"))]
            if len(named) == 1:
                found[name] = (self.type.__name__, named[0])
        return found


def _library_network(traceback: types.TracebackType | None) -> Outer | None:
    """The outermost Module of a library whose `__init__` runs below the user's last line."""
    found: Outer | None = None
    while traceback is not None:
        frame = traceback.tb_frame
        whose = places.owner(frame.f_code.co_filename)
        if whose == "user":
            found = None
        elif whose == "library" and found is None and frame.f_code.co_name == "__init__":
            code = frame.f_code
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            made = frame.f_locals.get(names[0]) if names else None
            starred = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
            if isinstance(made, nn.Module) and not starred:
                found = Outer(type(made), {name: frame.f_locals[name] for name in names[1:]})
        traceback = traceback.tb_next
    return found


def _trial(call: Call, outer: Outer | None) -> Trial:
    """How changes are tried for a layer of torch, or a library's network, whose constructor refused its settings."""

    def tried(changes: Sequence[Change]) -> Verdict:
        kind: Any = getattr(nn, call.type, None)
        if kind is None or len(changes) != 1 or not isinstance(changes[0], Rebuild) or changes[0].type is not None:
            return Verdict(None)
        settings = {**call.arguments, **changes[0].arguments}
        given = {} if outer is None else outer.given(call.arguments)
        try:
            with torch.device("meta"), building():
                kind(**{name: value for name, value in settings.items() if name in layers.takes(kind)})
                if outer is not None and changes[0].arguments.keys() <= given.keys():
                    new = {given[name][1]: number for name, number in changes[0].arguments.items()}
                    outer.type(**{**outer.arguments, **new})
        except Exception as error:  # noqa: BLE001  what the constructor refuses is a trial that failed
            return Verdict(False, raised=raised_of(error))
        return Verdict(True)

    return tried


def _being_built(traceback: types.TracebackType | None) -> tuple[str | None, dict[str, object]]:
    """The innermost Module whose `__init__` the exception came through: its class's name and arguments."""
    found: tuple[str | None, dict[str, object]] = (None, {})
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_name == "__init__":
            names = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
            local = frame.f_locals
            made = local.get(names[0]) if names else None
            if isinstance(made, nn.Module):
                settings = {name: local[name] for name in names[1:] if name in local and layers.plain(local[name])}
                if found[0] != type(made).__name__ or not found[1]:
                    found = type(made).__name__, settings
        traceback = traceback.tb_next
    return found


def _role_named(layer: str | None) -> Any:
    kind = getattr(nn, layer, None) if layer is not None else None
    return layers.role_of_type(kind) if isinstance(kind, type) else "other"


def _call_text(layer: str | None, settings: Mapping[str, object]) -> str:
    kind = getattr(nn, layer, None) if layer is not None else None
    if layer is None or not isinstance(kind, type):
        return layer or ""
    return layers.call_text(kind, settings)
