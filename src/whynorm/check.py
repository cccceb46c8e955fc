"""Predict what a model does with a shape, by shapes alone."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from whynorm.alike import mended_together
from whynorm.diagnose import findings
from whynorm.errors import UsageError
from whynorm.facts import Raised
from whynorm.fixes import patch
from whynorm.frameworks import opened, room_of, rooms
from whynorm.frameworks.room import Followed
from whynorm.report import Finding, Framework, Norm, Report
from whynorm.sizing.fitting import Fitter
from whynorm.target import makes_a_model, named


def check(model: object, *inputs: object, **keywords: object) -> Report:
    """Follow the shapes through a model, in the mode it is in, without computing a forward pass.

    The model is an instance, a class or a function that makes one, or a function of tensors. Each input is a
    shape (a tuple or list of ints), an array or tensor, a `(shape, dtype)` pair, or a container of these;
    anything else is handed to the model as it is. The model, its buffers, its mode, the random state and the
    warnings filters are as before afterwards.

    Raises `UsageError` for a model that is of no framework known here.
    """
    return check_in(model, inputs, keywords, training=None)


def check_in(
    target: object, inputs: tuple[object, ...], keywords: Mapping[str, object], *, training: bool | None
) -> Report:
    """`check`, in the mode asked for."""
    try:
        model = _made(target) if makes_a_model(target, len(inputs) + len(keywords)) else target
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - a model that cannot be built is the finding
        return report_construction(error)
    if isinstance(model, Path):
        try:
            model = opened(model)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - a file that the framework cannot read is the finding
            return report_construction(error)
    room = room_of(model)
    if room is None:
        raise UsageError(f"{named(model)} is no model, layer or function of a framework that is loaded here")
    followed = room.follow(model, inputs, keywords, training)
    found = mended_together(findings(followed, patch=patch, fits=Fitter()), patch)
    return Report("check", followed.framework, followed.outcome, found, followed.unknown, _norms(followed))


def _made(target: Any) -> object:
    """The model that a class or function makes, the random state as before."""
    with ExitStack() as stack:
        for room in rooms():
            building = getattr(room, "building", None)  # a framework without random numbers of its own needs none
            if building is not None:
                stack.enter_context(building())
        return target()


def _norms(followed: Followed) -> Iterator[Norm]:
    """The norms that were met, each once."""
    seen: set[str | None] = set()
    for call in followed.trace.calls:
        if call.reading is not None and call.shape is not None and call.path not in seen:
            seen.add(call.path)
            yield Norm(call.path, call.name, call.shape, call.reading)


def report_construction(error: BaseException) -> Report:
    """What is to say where the model could not even be built."""
    for room in rooms():
        followed = room.crash(error)
        if followed is not None:
            found = tuple(findings(followed, patch=patch))
            if found:
                return Report("check", followed.framework, "raises", found)
    raised = Raised(type(error).__name__, str(error))
    lines = str(error).splitlines() or [""]
    other = Finding("other-error", "error", f"building the model raises {raised.type}: {lines[0]}", raised=raised)
    return Report("check", Framework(None), "raises", [other])
