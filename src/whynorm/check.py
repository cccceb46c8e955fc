"""Predict what a model does with a shape, by shapes alone."""

from whynorm.diagnose import findings
from whynorm.errors import UsageError
from whynorm.fixes import patch
from whynorm.frameworks import room_of
from whynorm.report import Report


def check(model: object, *inputs: object, **keywords: object) -> Report:
    """Follow the shapes through a model, in the mode it is in, without computing a forward pass.

    Each input is a shape (a tuple or list of ints), an array or tensor, a `(shape, dtype)` pair, or a container
    of these; anything else is handed to the model as it is. The model, its buffers, its mode, the random state
    and the warnings filters are as before afterwards.

    Raises `UsageError` for a model that is of no framework known here.
    """
    return check_in(model, inputs, keywords, training=None)


def check_in(
    model: object, inputs: tuple[object, ...], keywords: dict[str, object], *, training: bool | None
) -> Report:
    """`check`, in the mode asked for."""
    room = room_of(model)
    if room is None:
        raise UsageError(f"{type(model).__name__} is not a model or layer of a framework that is loaded here")
    followed = room.follow(model, inputs, keywords, training)
    return Report("check", followed.framework, followed.outcome, findings(followed, patch=patch), followed.unknown)
