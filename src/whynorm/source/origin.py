"""A tensor's way to the model: from the call in which the program hands it over, backwards."""

import ast
from collections.abc import Sequence

from whynorm.facts import Frame, Origin
from whynorm.source.found import step_at
from whynorm.source.places import argument_of, call_at, source_at
from whynorm.source.running import Pick, Value, Where, function_at
from whynorm.source.walk import walk


def origin(frames: Sequence[Frame], callee: str, argument: int | str = 0, *, batches: bool = False) -> Origin | None:
    """The way on which the program made one argument of a call; with `batches`, the first part of what it goes through.

    `frames` are the program's own, outermost first; the call of `callee` stands on the last one's line. None where
    the source is not there, or the call is not found in it.
    """
    where: Where | None = None
    call: ast.Call | None = None
    for number, frame in enumerate(frames):
        source = source_at(frame.location)
        if source is None:
            where = call = None
            continue
        if not frame.function.endswith("comp>") and frame.function != "<genexpr>":
            where = Where(
                source,
                function_at(source, frame.function, frame.location.line),
                call,
                where if call is not None else None,
            )
        called = callee if number == len(frames) - 1 else frames[number + 1].function
        call = call_at(source, frame.location, called)
        if number < len(frames) - 1 and call is not None and not _calls(call, called):
            call = None
    if where is None or call is None:
        return None
    given = argument_of(call, argument, None) if isinstance(argument, str) else argument_of(call, None, argument)
    if isinstance(argument, str) and isinstance(given, ast.Tuple) and given.elts:
        given = given.elts[0]  # inputs, and what they are compared with
    if given is None:
        return None
    first = step_at(Value(given, where), "passed", 0)
    steps = walk(Value(given, where, (Pick(None), Pick(0)) if batches else ()), 0, 0).steps
    return Origin((first, *steps))


def _calls(call: ast.Call, function: str) -> bool:
    """Whether a call may be what runs this function: a method of another name (`trainer.fit`) runs it far away."""
    named = call.func.attr if isinstance(call.func, ast.Attribute) else function
    return named == function or function in ("forward", "__call__", "<lambda>", "wrapper", "inner")
