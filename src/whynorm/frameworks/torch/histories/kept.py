"""What is kept of a pass that was followed, and how the usual changes ended in it."""

from whynorm.facts import Trace, Verdict
from whynorm.facts.change import LARGER, Change, Feed, Mode, Rebuild, Recall
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch.described import frozen_part, trained_parts
from whynorm.frameworks.torch.histories.doubtful import is_frozen
from whynorm.frameworks.torch.histories.functional import FUNCTION
from whynorm.frameworks.torch.histories.noted import Kept, Root, Tally

DEFAULT_MOMENTUM = 0.1


def kept(followed: Followed, root: Root | None) -> Kept:
    """A pass that was followed, with what the causes will want to try tried now, and nothing live left in it."""
    verdicts: dict[str, Verdict] = {}
    norms = [tally for tally in root.norms if tally.tracks] if root is not None else []
    parts = dict.fromkeys(frozen_around(root, tally) for tally in norms) if root is not None else {}
    call = next((one for one in followed.trace.calls if one.role == "norm"), None)
    trial = followed.trial(call) if followed.trial is not None and call is not None else None
    calls = followed.trace.calls
    odd = tuple(
        Rebuild(one.path or "", arguments={"momentum": DEFAULT_MOMENTUM})
        for one in calls
        if one.arguments.get("momentum", DEFAULT_MOMENTUM) != DEFAULT_MOMENTUM
    )
    untracked = tuple(
        Rebuild(one.path or "", arguments={"track_running_stats": False})
        for one in calls
        if one.arguments.get("track_running_stats") is True and one.type.startswith("Instance")
    )
    tried: list[tuple[Change, ...]] = [(Mode(False),), (Mode(True),), odd, untracked, _larger(followed.trace)]
    tried += [
        (Recall("batch_norm", one.path or "", one.shape or (), {"training": training}),)
        for one in calls
        if one.type == FUNCTION
        for training in (False, True)
    ]
    tried += [tuple(Mode(False, path) for path in parts if path)] if len(parts) > 1 else []
    for changes in (*tried, *((Mode(False, path),) for path in parts if path)):
        if trial is not None and changes:
            verdicts[repr(changes)] = trial(changes)
    return Kept(followed._replace(trial=None, live=None), verdicts)


def _larger(trace: Trace) -> tuple[Change, ...]:
    """A larger batch, where it is one of one or two samples."""
    batch = trace.inputs[0].shape[:1] if trace.inputs else ()
    given = zip(trace.places, trace.inputs, strict=True)
    if batch not in ((1,), (2,)):
        return ()
    return tuple(Feed(place, (LARGER, *value.shape[1:])) for place, value in given if value.shape[:1] == batch)


def frozen_around(root: Root, tally: Tally) -> str | None:
    """The path of the largest module around the norm of which no parameter requires gradients."""
    module = root.module()
    if not is_frozen(tally):
        return None
    if module is None:
        return tally.described.frozen if tally.described is not None else None
    return frozen_part(trained_parts(module), root.norms[tally])
