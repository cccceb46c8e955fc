"""What became of each batch norm while a program ran, as facts: its calls by place and mode, and its statistics."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy

from whynorm.facts import Call, Measured, Trace, Trial, Value, Verdict
from whynorm.facts.change import Change, Rebuild, Relearn
from whynorm.facts.history import Assigned, Averaged, Begun, Broken, History, Statistics, Use
from whynorm.facts.measured import Columns
from whynorm.frameworks.keras.begun import begun, quicker
from whynorm.frameworks.keras.experiments.modes import share
from whynorm.frameworks.keras.experiments.samples import Sample, gap, scatter
from whynorm.frameworks.keras.follow import framework
from whynorm.frameworks.keras.otherwise import otherwise
from whynorm.frameworks.keras.overruled import overruled
from whynorm.frameworks.keras.uses import ADAPTED, Adapted, Noted, Place, Tally, counted, has_adversary, iterations
from whynorm.frameworks.room import Followed
from whynorm.source.assigned import assigned_in
from whynorm.source.averaged import averaged_in
from whynorm.source.beyond import beyond_in, policy_in
from whynorm.source.deviations import deviation_in
from whynorm.source.handed_on import handed_on_in
from whynorm.source.logarithms import divided_in, unguarded_in
from whynorm.source.result import result_of
from whynorm.source.running import program

SYMPTOMS = ("statistics-mode", "nonfinite-statistics", "wrong-axes", "state-mismatch", "constant-input")


def followed_at_end() -> Iterator[Followed]:
    """The histories of the norms that were called; those that are alike are one."""
    alike: dict[object, list[tuple[Tally, History]]] = {}
    for tally in Noted.every:
        history = _history(tally)
        if history is not None:
            uses = [(use.called, use.training, use.calls, use.learnt) for use in history.uses]
            kind = history.statistics and history.statistics[:4]
            alike.setdefault(repr((uses, kind, history.broken is None)), []).append((tally, history))
    for group in alike.values():
        tally, history = max(group, key=_away)
        others = [other for other, _ in group if other is not tally]
        yield _followed(tally, history._replace(alike=len(group)), others)


def _away(found: tuple[Tally, History]) -> float:
    """How far statistics that have not settled lie from what came in."""
    begun = found[1].statistics.begun if found[1].statistics is not None else None
    return begun.mean if begun is not None else 0.0


def _followed(tally: Tally, history: History, others: Sequence[Tally]) -> Followed:
    use = history.overruled.use if history.overruled else max(history.uses, key=lambda one: one.learnt)
    call = tally.call._replace(path=tally.path, location=use.called, history=history, training=use.training)
    values = (Value(1, call.shape or (), "float32"),)
    hints: dict[str, object] = {}
    if tally.handed is not None and tally.handed.argument is not None:
        hints["argument"] = tally.handed.argument
    if tally.layer_id in ADAPTED:
        hints["adapted"] = ADAPTED[tally.layer_id].location
        hints["numbers"] = ADAPTED[tally.layer_id].numbers
        call = call._replace(measured=Measured(columns=_columns(tally, ADAPTED[tally.layer_id])))
    alike = [one.call._replace(path=one.path, reading=None) for one in others]
    trace = Trace(values, [call._replace(inputs=values), *alike])
    return Followed(framework(), "completes", trace, hints=hints, trial=_trial(tally), symptoms=SYMPTOMS)


def _columns(tally: Tally, known: Adapted) -> Columns | None:
    """What is remarkable of the columns that a layer was adapted to, beside those that it gets."""
    spread = tally.handed.spread if tally.handed is not None else ()
    flat = tuple(number for number in known.flat if number < len(spread) and spread[number] > 0)
    if not flat:
        return known.columns
    return Columns(len(spread), (0.0, max(spread)), 0, flat, known.part)


def _trial(tally: Tally) -> Callable[[Call], Trial]:
    """The norm's call with the history that it would have, had its statistics been learnt otherwise."""

    def of(call: Call) -> Trial:
        def tried(changes: Sequence[Change]) -> Verdict:
            if call.history is None or not changes or not all(_alike(one, changes[0]) for one in changes):
                return Verdict(None)
            momentum = changes[0].arguments.get("momentum") if isinstance(changes[0], Rebuild) else None
            if isinstance(changes[0], Relearn):
                learnt = _relearnt(tally, changes[0], call.history)
            elif isinstance(momentum, float):
                learnt = _with_momentum(tally, call.history, momentum)
            else:
                learnt = otherwise(tally.built, call.shape or (), call.history, changes[0])
            return Verdict(None) if learnt is None else Verdict(True, call=call._replace(history=learnt))

        return tried

    return of


def _alike(one: Change, other: Change) -> bool:
    """Whether a change is the same, or the same to a norm with the same history."""
    both = isinstance(one, Rebuild) and isinstance(other, Rebuild)
    return one == other or (both and one[1:] == other[1:])


def _relearnt(tally: Tally, change: Relearn, history: History) -> History | None:
    if tally.adapted:
        known = ADAPTED.get(tally.layer_id)
        return history._replace(broken=None) if known is not None and known.numbers is not None else None
    used = [one for place in tally.places.values() if not place.training for one in place.samples]
    learnt = _lent(tally) if change.batches == "copied" else _average(tally)
    if learnt is None or history.statistics is None:
        return None
    own = [one._replace(running_mean=learnt[0], running_var=learnt[1]) for one in used]
    found = history.statistics._replace(initial=False, finite=True, gap=gap(own, None))
    return history._replace(statistics=found, broken=None)


def _with_momentum(tally: Tally, history: History, momentum: float) -> History | None:
    """The same steps, each with another share in the statistics: as much as a copy takes of a batch."""
    known, values = history.statistics, _values(tally)
    taken = share(tally.built, tally.call.shape or (), momentum) if tally.built is not None else None
    if known is None or values is None or taken is None:
        return None
    if any(use.share == 0 for use in history.uses):  # it is set for these calls alone
        return history._replace(uses=tuple(use._replace(share=use.share or taken) for use in history.uses))
    begun = quicker(*values, known.begun, taken) if known.begun is not None else None
    return history._replace(statistics=known._replace(begun=begun, momentum=round(taken, 6)))


def _lent(tally: Tally) -> tuple[Any, Any] | None:
    """The statistics of another norm that is built on the same line, and that learnt."""
    for other in Noted.every:
        place = other.call.built
        if other is tally or place is None or tally.call.built is None or place[:2] != tally.call.built[:2]:
            continue
        found = _values(other)
        if found is not None and found[0].shape == tuple(tally.statistics[0].shape) and not _is_initial(*found):
            return found
    return None


def _average(tally: Tally) -> tuple[Any, Any] | None:
    """A plain average over the batches that were looked at in training."""
    taken = [one for place in tally.places.values() if place.training for one in place.samples]
    taken = [one for one in taken if numpy.isfinite(one.mean).all() and numpy.isfinite(one.var).all()]
    if not taken:
        return None
    return numpy.stack([one.mean for one in taken]).mean(0), numpy.stack([one.var for one in taken]).mean(0)


def _values(tally: Tally) -> tuple[Any, Any] | None:
    try:
        mean, variance = (keras.ops.convert_to_numpy(one) for one in tally.statistics)
    except Exception:  # noqa: BLE001 - statistics whose values are held elsewhere tell nothing
        return None
    return mean, variance


def _is_initial(mean: Any, variance: Any) -> bool:
    return not mean.any() and bool((variance == 1).all())


def _history(tally: Tally) -> History | None:
    known = _values(tally)
    if known is None:
        return None
    mean, variance = known
    taken = max(tally.steps, iterations(tally.optimizer) if tally.optimizer is not None else 0)
    traced = sum(place.learnt for place in tally.places.values())  # of a compiled step just its first
    seen = [
        place
        for place in tally.places.values()
        if place.learnt or not _is_stateless(place)  # else what learns is not seen
    ]
    ended = tally.optimizer is not None and not taken  # no step came through of what was compiled
    uses = tuple(_use(place, _steps(place, taken, traced, ended=ended)) for place in seen)
    told = [(place.asked, use) for place, use in zip(seen, uses, strict=True) if place.asked is not None]
    broken = int((~_finite(mean) | ~_finite(variance)).sum())
    initial, scaled = _is_initial(mean, variance), _is_scaled(tally)
    samples = list(tally.places.values())
    statistics = Statistics(
        initial=initial,
        finite=not broken,
        updates=None,
        momentum=tally.momentum,
        gap=gap(_of(samples, training=False), None),
        scatter=scatter(_of([place for place in samples if place.learnt], training=True)),
        scaled=scaled,
        begun=_begun(tally, uses, mean, variance) if tally.began and not broken else None,
    )
    return History(
        uses,
        1,
        Noted.steps,
        moved=any(use.learnt for use in uses),
        part=None,
        adversary=has_adversary(tally),
        statistics=statistics,
        broken=_broken(tally, broken, int(mean.size)) if broken else None,
        loaded=tally.loaded,
        adapted=tally.adapted,
        averaged=_copied() if initial and scaled else None,
        overruled=overruled(*told[0]) if told else None,
        one_by_one=tally.one_by_one,
        assigned=tuple(_assigned(tally)),
    )


def _is_stateless(place: Place) -> bool:
    return (place.callee or "").endswith(".stateless_call")


def _steps(place: Place, taken: int, traced: int, *, ended: bool) -> int:
    """How many steps were made with the calls of one place."""
    if place.compiled and ended and not _is_stateless(place):  # the steps of those count nowhere
        return 0
    return max(taken, traced) if place.learnt == traced > 0 else place.learnt


def _assigned(tally: Tally) -> Iterator[Assigned]:
    """Where the program set the momentum of built norms to another one, for a while."""
    built = None if tally.momentum is None else 1 - tally.momentum
    for momentum in {place.momentum for place in tally.places.values()} - {None, built}:
        found = assigned_in((source.file for source in program()), "momentum", momentum)
        if found is not None:
            yield found


def _copied() -> Averaged | None:
    """Where the program hands on parameters, and no statistics."""
    files = [source.file for source in program()]
    return averaged_in(files) or handed_on_in(files)


def _begun(tally: Tally, uses: Sequence[Use], mean: Any, variance: Any) -> Begun | None:
    """What of their start the statistics hold, where it is known how often they were updated."""
    training = [use for use in uses if use.training]
    counts = sum(counted(one) for one in tally.counters.values())
    if any(use.compiled and not (use.learnt and counts) for use in training):
        return None
    steps = max(counts, sum(max(use.learnt, use.calls) for use in training))
    return begun(mean, variance, share=tally.momentum, steps=steps)


def _of(found: Sequence[Place], *, training: bool) -> list[Sample]:
    return [one for place in found if place.training is training for one in place.samples]


def _is_scaled(tally: Tally) -> bool:
    """Whether its scale or shift is not what it was made with."""
    known = [(keras.ops.convert_to_numpy(weight), start) for weight, start in tally.scales if weight is not None]
    return any(bool((value != start).any()) for value, start in known)


def _broken(tally: Tally, broken: int, channels: int) -> Broken:
    """Statistics that are not finite; what comes in is of 16 bits where the layer computes in them."""
    made = Broken(tally.path, None, 1, (broken, channels))
    seen = tally.handed
    if tally.computes == "float16" and not tally.adapted and (seen is None or seen.finite):
        beyond = beyond_in(source.file for source in program())
        if beyond is not None:
            return made._replace(dtype=tally.computes, beyond=beyond)
    if seen is not None and seen.finite and tally.computes == "float16" and not tally.adapted:
        inner = seen.shape[1:] != (tally.call.shape or ())[1:]
        policy = policy_in(source.file for source in program())
        return made._replace(dtype=tally.computes, largest=seen.largest, policy=policy, inner=inner)
    files = [source.file for source in program()]
    odd = seen is not None and not seen.finite and not tally.adapted
    divided = (divided_in(files) or deviation_in(files)) if odd else None
    return made._replace(handed=odd, logarithm=unguarded_in(files) or divided)


def _finite(values: Any) -> Any:
    return numpy.isfinite(values.astype("float32"))


def _use(place: Place, learnt: int) -> Use:
    sizes = place.batches or [0]
    passed = place.passed if not place.learnt else 0
    steps = max(passed, iterations(place.optimizer)) if passed and place.compiled else passed
    return Use(
        place.training,
        place.records,
        place.training,
        place.called,
        place.callee,
        place.functions,
        max(place.calls, learnt, steps),
        place.first,
        place.last,
        place.longest,
        max(place.runs, steps),
        place.end_began,
        place.end_calls,
        learnt,
        place.learnt_last,
        (min(sizes), max(sizes)),
        sum(sizes),
        frozen=place.frozen or steps > 1,
        moved=bool(learnt),
        mode="training" if not place.method else None,
        result="used" if place.method else result_of(place.called, place.callee),
        in_step=place.in_step and not learnt,
        compiled=place.compiled,
        alone=place.alone and place.passed > 0,
        idle=place.idle,
        fixed=place.fixed,
        modeless=place.modeless,
        share=None if place.momentum is None else 1 - place.momentum,
    )
