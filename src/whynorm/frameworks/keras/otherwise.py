"""The history that a norm would have had in another mode, or built otherwise: what is then is seen on a copy of it."""

from whynorm.facts.change import Change, Mode, Rebuild
from whynorm.facts.history import History, Loaded, Use
from whynorm.frameworks.keras.experiments.modes import Built, moves, variables


def otherwise(built: Built | None, shape: tuple[int, ...], history: History, change: Change) -> History | None:
    """The history with a mode, or with `trainable`, changed; None for another change, or where no copy can be made.

    `shape` is that of the norm's input. The history stays as it is where a copy's statistics do not do otherwise.
    """
    if built is None:
        return None
    if isinstance(change, Mode):
        moved = moves(built, shape, training=change.training, trainable=True)
        return None if moved is None else _in_mode(history, training=change.training, moved=moved)
    if not isinstance(change, Rebuild):
        return None
    if history.loaded is not None and history.loaded.lacks in change.arguments:
        return _with_all(built, shape, history, history.loaded, change)
    trainable = change.arguments.get("trainable")
    if not isinstance(trainable, bool):
        return None
    moved = moves(built, shape, training=True, trainable=trainable)
    if moved is None or moved is not trainable:
        return None if moved is None else history
    if trainable:
        uses = tuple(use._replace(idle=False, training=True) if use.idle else use for use in history.uses)
        return _learning(history)._replace(uses=uses)
    uses = tuple(use._replace(frozen=True, training=False, root_training=True) for use in history.uses)
    return history._replace(uses=uses, overruled=None)


def _with_all(
    built: Built, shape: tuple[int, ...], history: History, loaded: Loaded, change: Rebuild
) -> History | None:
    """It was built with the one variable more that was saved."""
    here, there = variables(built, shape, {}), variables(built, shape, change.arguments)
    if here is None or there is None:
        return None
    return history._replace(loaded=loaded._replace(missing=there != here + 1))


def _in_mode(history: History, *, training: bool, moved: bool) -> History:
    if moved is not training:
        return history
    if training:
        changed = _learning(history)
        return changed._replace(uses=tuple(_switched(use, on=True) if use.learnt else use for use in history.uses))
    return history._replace(uses=tuple(use if use.learnt else _switched(use, on=False) for use in history.uses))


def _switched(use: Use, *, on: bool) -> Use:
    return use._replace(training=on, root_training=on)


def _learning(history: History) -> History:
    """Its statistics would have moved."""
    known = history.statistics
    return history if known is None else history._replace(statistics=known._replace(initial=False, gap=None))
