"""What was noted of a program's passes, as facts: the history of each norm that keeps running statistics."""

import gc
from collections.abc import Iterator, Sequence

import torch
from torch import nn

from whynorm.facts import Call, Location, Trace, Trial, Verdict
from whynorm.facts.change import LARGER, Change, Feed, Mode, Rebuild, Rekey, Relearn
from whynorm.facts.history import Assigned, Averaged, Broken, Data, Exported, History, Loaded, Stale, Statistics, Use
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import layers, places
from whynorm.frameworks.torch.described import call_of, frozen_part, trained_parts
from whynorm.frameworks.torch.experiments import HALF
from whynorm.frameworks.torch.experiments.relearnt import Batch, relearnt
from whynorm.frameworks.torch.loose import unregistered
from whynorm.frameworks.torch.passes import NOW, Kept, Place, Root, Taken, Tally, is_finite, roots
from whynorm.frameworks.torch.recorded import dtype_name
from whynorm.frameworks.torch.samples import Sample, are_initial, gap, mean_of, median_of
from whynorm.frameworks.torch.versions import is_uninitialized
from whynorm.source.assigned import assigned_in
from whynorm.source.averaged import averaged_in, saved_in
from whynorm.source.logarithms import unguarded_in
from whynorm.source.result import argument_at, callee_at, loop_around, result_of, switched_before

SYMPTOMS = ("statistics-mode", "nonfinite-statistics", "state-mismatch", "modified-in-place")
DEFAULT_MOMENTUM = 0.1
SLOW = 0.05
"""A smaller momentum is meant for many hundred steps."""


def is_doubtful(place: Place) -> bool:
    """Whether a pass that has just begun may be in a mode that is not meant; then it is worth to be followed."""
    root = place.root
    if not any(tally.tracks for tally in root.norms):
        return False
    trained = root.backwards > 0 or any(tally.loaded is not None for tally in root.norms)
    if place.training and not place.grad:
        return place.run == 2 or (trained and place.passes == 1) or (place.passes == 3 and not root.moved)
    if place.training and place.passes == 1:
        return root.backwards > 1 and all(one.training for one in root.places.values())
    if place.passes == 3 and place.grad:
        if place.training and place.batches[1] <= 2:
            return True
        return not place.root_training or any(map(_is_odd, root.norms))
    return place.passes == 1 and any(tally.loaded is not None and tally.loaded.missing for tally in root.norms)


def _is_odd(tally: Tally) -> bool:
    """Whether a norm learns statistics though it is frozen, or an instance norm, or oddly, or not at all."""
    norm = tally.norm()
    momentum = getattr(norm, "momentum", None)
    off = getattr(norm, "track_running_stats", True) is False
    instance = isinstance(norm, nn.modules.instancenorm._InstanceNorm)
    odd = instance or off or (momentum is not None and not SLOW <= momentum < 0.5)
    return tally.tracks and (odd or _is_frozen(tally))


def _is_frozen(tally: Tally) -> bool:
    """Whether it has parameters, and where it was called last none of them asked for gradients."""
    last = max((place for place, _ in tally.uses), key=lambda one: one.last, default=None)
    return last is not None and bool(tally.own.get(last)) and last not in tally.thawed


def kept(followed: Followed, root: Root | None) -> Kept:
    """A pass that was followed, with what the causes will want to try tried now, and nothing live left in it."""
    verdicts: dict[str, Verdict] = {}
    norms = [tally for tally in root.norms if tally.tracks] if root is not None else []
    parts = dict.fromkeys(_frozen_part(root, tally) for tally in norms) if root is not None else {}
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


def followed_at_end(only: frozenset[int] | None = None) -> Iterator[Followed]:
    """For each network with norms that keep statistics, these norms' histories; `only` of the modules of these ids."""
    for root in roots():
        norms = {tally: path for tally, path in root.norms.items() if tally.tracks and _home(tally) in (None, root)}
        if only is not None:
            norms = {tally: path for tally, path in norms.items() if id(tally.norm()) in only}
        alike: dict[object, list[Tally]] = {}
        for tally in norms:
            alike.setdefault(_key(tally), []).append(tally)
        if alike:
            yield _followed(root, [(group[0], len(group)) for group in alike.values()])


def _home(tally: Tally) -> Root | None:
    """Of the networks that a norm was called in, the one in which it learnt most, else the first."""
    learnt: dict[Root, int] = {}
    for place, _ in tally.uses:
        learnt[place.root] = learnt.get(place.root, 0) + place.learnt
    return max(learnt, key=lambda root: learnt[root], default=None)


def _key(tally: Tally) -> object:
    """What makes the histories of two norms of one network alike."""
    norm = tally.norm()
    loaded = tally.loaded is not None and tally.loaded.missing
    return (
        frozenset(tally.uses), frozenset(tally.thawed), frozenset(tally.moved), loaded, _is_initial(tally),
        is_finite(tally), type(norm).__name__, _momentum(tally),
    )  # fmt: skip


def _followed(root: Root, norms: Sequence[tuple[Tally, int]]) -> Followed:
    from whynorm.frameworks.torch.follow import framework

    passes = [place.kept for place in root.places.values() if place.kept is not None]
    passes += [root.export.kept] if root.export is not None and root.export.kept is not None else []
    known = passes[0] if passes else None
    calls = list(known.followed.trace.calls) if known is not None else []
    for tally, count in norms:
        history = _history(root, tally, count)
        path = root.norms[tally]
        number = next((n for n, one in enumerate(calls) if one.path == path and one.role == "norm"), None)
        if number is not None:
            calls[number] = calls[number]._replace(history=history)
        else:
            calls.append(_call(root, tally, path)._replace(history=history))
    verdicts = {key: verdict for one in passes for key, verdict in one.verdicts.items()}

    by_path = {root.norms[tally]: tally for tally, _ in norms}

    def trial(call: Call) -> Trial:
        def tried(changes: Sequence[Change]) -> Verdict:
            if isinstance(changes[0], Rekey):
                return _rekeyed(call, by_path.get(call.path or ""), changes[0])
            if isinstance(changes[0], Relearn):
                return _relearnt(call, by_path.get(call.path or ""), changes[0])
            return verdicts.get(repr(tuple(changes)), Verdict(None))

        return tried

    inputs = known.followed.trace.inputs if known is not None else ()
    return Followed(
        framework(),
        "completes",
        Trace(inputs, calls),
        hints=known.followed.hints if known is not None else _hints(root),
        trial=trial,
        symptoms=SYMPTOMS,
    )


def _relearnt(call: Call, tally: Tally | None, change: Relearn) -> Verdict:
    """The norm's call with the history that it would have, had its statistics been learnt so."""
    history = call.history
    if tally is None or history is None or history.statistics is None:
        return Verdict(None)
    if change.batches == "copied":
        learnt = _lent(tally, call.path or "", history.statistics)
        return Verdict(None) if learnt is None else _with_statistics(call, history, learnt)
    apart = _numbered(tally.samples)
    taken = [
        Batch((one.place, one.number * apart), one.training and one.place.grad, one.sample) for one in tally.samples
    ]
    learnt = relearnt(change, taken, history.statistics)
    return Verdict(None) if learnt is None else _with_statistics(call, history, learnt)


def _rekeyed(call: Call, tally: Tally | None, change: Rekey) -> Verdict:
    """The norm's call as it would be, had the saved weights these names: they were compared when they were loaded."""
    loaded, history = tally.loaded if tally is not None else None, call.history
    if loaded is None or loaded.renamed is None or history is None or history.loaded is None:
        return Verdict(None)
    whole = history.loaded._replace(missing=False)
    fits = tuple(loaded.renamed) == tuple(change)
    return Verdict(fits, call=call._replace(history=history._replace(loaded=whole)) if fits else None)


def _with_statistics(call: Call, history: History, statistics: Statistics) -> Verdict:
    return Verdict(True, call=call._replace(history=history._replace(statistics=statistics, broken=None)))


def _lent(tally: Tally, path: str, statistics: Statistics) -> Statistics | None:
    """The statistics with those of the norm at the same path of another network, one that learnt."""
    for root in roots():
        for other, there in root.norms.items():
            mean, variance = other.buffers.get("running_mean"), other.buffers.get("running_var")
            if other is tally or there != path or mean is None or variance is None or _is_initial(other):
                continue
            own = [
                taken._replace(running_mean=mean, running_var=variance)
                for taken in (one.sample for one in tally.samples if not one.training)
                if taken.mean.shape == mean.shape
            ]
            if own:
                return statistics._replace(initial=False, gap=gap(own))
    return None


def _hints(root: Root) -> dict[str, object]:
    """The line that called the network last."""
    line = next((places.location(place.line) for place in reversed(root.places.values())), None)
    return {} if line is None else {"called": line}


def _call(root: Root, tally: Tally, path: str) -> Call:
    """The norm's call, where its pass was not followed."""
    norm, module = tally.norm(), root.module()
    if norm is None:
        known = tally.described
        return Call(root.kind, "norm", path) if known is None else known.call._replace(built=known.built)
    built = places.built(module, path, norm, layers.required(norm)) if module is not None else None
    return call_of(norm, tally.shape)._replace(path=path, built=built)


def _history(root: Root, tally: Tally, alike: int) -> History:
    return History(
        uses=tuple(_use(tally, place, training, calls) for (place, training), calls in tally.uses.items()),
        alike=alike,
        backwards=NOW.backwards,
        moved=root.moved,
        part=_frozen_part(root, tally),
        adversary=_has_adversary(root),
        statistics=_statistics(tally),
        loaded=_loaded(root, tally),
        exported=_exported(root),
        averaged=_averaged(tally) if _is_initial(tally) else None,
        broken=_broken(root, tally),
        dropout=root.dropout,
        stale=_stale(root, tally),
        unregistered=unregistered(tally.loose) if tally.loose is not None else None,
        assigned=tuple(_assigned(tally)),
        began=bool(tally.samples) and not tally.samples[0].sample.initial,
        replicas=root.replicas,
    )


def _use(tally: Tally, place: Place, training: bool, calls: int) -> Use:
    hints = place.kept.followed.hints if place.kept is not None else {}
    called, callee = hints.get("called"), hints.get("callee")
    line = called if isinstance(called, Location) else places.location(place.line)
    place_known = line if line is not None else Location("", 0, "")
    name = callee if isinstance(callee, str) else callee_at(place_known)
    return Use(
        training, place.grad, place.root_training, place_known, name, place.functions, calls, place.first, place.last,
        place.longest, place.runs, place.began, place.run, place.learnt, place.learnt_last, place.batches,
        place.samples, result_of(place_known, name), loop_around(place_known, name), place.recalibrates,
        bool(tally.own.get(place)) and place not in tally.thawed, place in tally.moved,
        switched_before(place_known, name, "train") if place.training else None,
    )  # fmt: skip


def _frozen_part(root: Root, tally: Tally) -> str | None:
    """The path of the largest module around the norm of which no parameter requires gradients."""
    module = root.module()
    if not _is_frozen(tally):
        return None
    if module is None:
        return tally.described.frozen if tally.described is not None else None
    return frozen_part(trained_parts(module), root.norms[tally])


def _has_adversary(root: Root) -> bool:
    """Whether another network learns together with this one, and apart from it as well."""
    if any(other.backwards > count > 1 for other, count in root.joint.items()):
        return True
    alone = root.between[-1] - root.between[0] if root.between else 0  # it may have no norm, and is not noted
    return alone > 1 and _are_several_optimizers(root)


def _are_several_optimizers(root: Root) -> bool:
    """Whether there is an optimizer for this network, and another for what is none of it."""
    module = root.module()
    if module is None:
        return True  # they are gone, and nothing speaks against it
    own = {id(one) for one in module.parameters()}
    found = [
        one for one in gc.get_objects() if isinstance(type(one), type) and issubclass(type(one), torch.optim.Optimizer)
    ]
    held = [{id(weight) for group in one.param_groups for weight in group["params"]} for one in found]
    return any(own & one for one in held) and any(one and not own & one for one in held)


def _exported(root: Root) -> Exported | None:
    export = root.export
    line = places.location(export.place) if export is not None else None
    if export is None or line is None:
        return None
    return Exported(line, export.function, argument_at(line, export.function))


def _loaded(root: Root, tally: Tally) -> Loaded | None:
    loaded = tally.loaded
    line = places.location(loaded.place) if loaded is not None else None
    if loaded is None or line is None:
        return None
    missing = sum(one.loaded is not None and one.loaded.missing for one in root.norms)
    saved = saved_in(places.user_files()) if loaded.missing and loaded.renamed is None else None
    return Loaded(line, loaded.missing, missing, loaded.renamed, saved)


def _broken(root: Root, tally: Tally) -> Broken | None:
    if is_finite(tally):
        return None
    norms = {one: path for one, path in root.norms.items() if one.tracks and not is_finite(one)}
    seen = root.broken
    among = [one for one in norms if seen is None or one in seen[1]] or list(norms)
    variance, mean = tally.buffers["running_var"], tally.buffers["running_mean"]
    assert variance is not None
    bad = ~variance.isfinite() if mean is None else ~(variance.isfinite() & mean.isfinite())
    return Broken(
        norms[among[0]],
        seen[0] if seen is not None else None,
        len(norms),
        (int(bad.sum()), len(bad)),
        dtype_name(variance.dtype),
        taken=_coarser(root, among[0], variance.dtype),
        data=_odd_data(root, tally),
        weights=_bad_weights(root),
        logarithm=unguarded_in(places.user_files()),
    )


def _assigned(tally: Tally) -> Iterator[Assigned]:
    """Where the program changed a setting of this norm that is not as usual."""
    norm = tally.norm()
    odd = {"track_running_stats": False, "momentum": _momentum(tally)} if norm is not None and _is_odd(tally) else {}
    for name, value in odd.items():
        found = assigned_in(places.user_files(), name, value) if getattr(norm, name, None) == value else None
        if found is not None:
            yield found


def _coarser(root: Root, tally: Tally, dtype: torch.dtype) -> str | None:
    """The type of 16 bits in which a norm got what it took its statistics over."""
    given = [one for _, one, training, _ in tally.cases if training and one in HALF and one is not dtype]
    return dtype_name(given[0]) if given and _bad_weights(root) is None else None


def _stale(root: Root, tally: Tally) -> Stale | None:
    found = root.stale
    before = tally.uses.get((found.before, False)) if found is not None else None
    after = tally.uses.get((found.after, True)) if found is not None else None
    if found is None or before is None or after is None:
        return None
    first, second = _use(tally, found.before, False, before), _use(tally, found.after, True, after)
    return Stale(first, second, found.scale, found.shift)


def _odd_data(root: Root, tally: Tally) -> Data | None:
    odd = root.odd
    if odd is None:
        return None
    calls = tally.uses.get((odd.place, True), 0)
    use = _use(tally, odd.place, True, calls)
    argument = argument_at(use.called, use.callee) if use.callee is not None else None
    return Data(odd.after, use, odd.samples, odd.of, argument)


def _bad_weights(root: Root) -> str | None:
    module = root.module()
    weights = module.named_parameters() if module is not None else ()
    return next((name for name, one in weights if not is_uninitialized(one) and not bool(one.isfinite().all())), None)


def _averaged(tally: Tally) -> Averaged | None:
    """The loop from which the parameters of a network that never learnt may come."""
    if any(training or place.learnt for place, training in tally.uses):
        return None
    return averaged_in(places.user_files())


def _is_scaled(tally: Tally) -> bool:
    """Whether the norm's scale is not 1 and its shift not 0, by the values that were looked at."""
    values = next(reversed(tally.own.values()), ())
    half = len(values) // 2
    return any(one != 1 for one in values[:half]) and any(one != 0 for one in values[half:])


def _is_initial(tally: Tally) -> bool:
    mean, variance = tally.buffers.get("running_mean"), tally.buffers.get("running_var")
    return mean is not None and variance is not None and are_initial(mean, variance)


def _statistics(tally: Tally) -> Statistics:
    counted = tally.buffers.get("num_batches_tracked")
    trained = [one for one in tally.samples if one.training and one.place.grad]
    each = 1 + max((one.number for one in tally.samples), default=0)
    inferred = [one.sample for one in tally.samples if not one.training][-3 * each :]
    spread = _spread([one.sample for one in trained])
    momentum, variance = _momentum(tally), tally.buffers.get("running_var")
    return Statistics(
        initial=_is_initial(tally),
        finite=is_finite(tally),
        updates=int(counted) if counted is not None else None,
        momentum=momentum,
        gap=gap(_settled(inferred, momentum)),
        scatter=_scatter([one.sample for one in trained]),
        domains=_domains(trained),
        rounded=_rounded([one.sample for one in trained], momentum),
        dtype="float32" if variance is None else dtype_name(variance.dtype),
        scaled=_is_scaled(tally),
        apart=max((one for one in (_scatter(inferred), _spread(inferred)) if one is not None), default=None),
        spread=spread,
    )


def _settled(samples: Sequence[Sample], momentum: float | None) -> Sequence[Sample]:
    """Those at which the running statistics had been learnt as far as nine tenths, if there are any."""
    if momentum is None:
        return samples
    return [one for one in samples if one.updates is None or (1 - momentum) ** one.updates < 0.1] or samples


def _momentum(tally: Tally) -> float | None:
    """The norm's momentum; None where it averages over all batches, or none is known."""
    norm = tally.norm()
    if norm is None and tally.described is not None:
        found = tally.described.call.arguments.get("momentum")
    else:
        found = getattr(norm, "momentum", None)
    return found if isinstance(found, int | float) else None


def _scatter(samples: Sequence[Sample]) -> float | None:
    """How far the means of batches lie from each other."""
    if len(samples) < 2:
        return None
    means = torch.stack([one.mean.double().cpu() for one in samples])
    within = torch.stack([one.var.double().cpu() for one in samples]).mean(0)
    return median_of(means.std(0) / within.clamp(min=1e-12).sqrt())


def _spread(samples: Sequence[Sample]) -> float | None:
    """How far the means of a batch's samples lie from each other."""
    spread = [
        one.spread.double().cpu() / one.var.double().cpu().sqrt().clamp(min=1e-6)
        for one in samples
        if one.spread is not None
    ]
    return median_of(torch.stack(spread).mean(0)) if spread else None


def _numbered(samples: Sequence[Taken]) -> bool:
    """Whether the first and the second call of the norm in each pass are told apart: where there are two."""
    return max((one.number for one in samples), default=0) == 1


def _domains(samples: Sequence[Taken]) -> float | None:
    """How far the means of the two places lie from each other that differ most; or of two calls in one pass."""
    apart = _numbered(samples)
    by_kind: dict[tuple[Place, int], list[Sample]] = {}
    for one in samples:
        by_kind.setdefault((one.place, one.number * apart), []).append(one.sample)
    means = {kind: mean_of([one.mean for one in taken], taken) for kind, taken in by_kind.items() if len(taken) > 1}
    pairs = [(one, other) for one in means for other in means if _in_turn(one, other)]
    if not samples:
        return None
    within = torch.stack([one.sample.var.double().cpu() for one in samples]).mean(0).clamp(min=1e-12).sqrt()
    return max((median_of((means[one] - means[other]).abs() / within) for one, other in pairs), default=None)


def _in_turn(one: tuple[Place, int], other: tuple[Place, int]) -> bool:
    if one[0] is other[0]:
        return one[1] < other[1]
    return one[0].first < other[0].first < one[0].last


def _rounded(samples: Sequence[Sample], momentum: float | None) -> tuple[float, float] | None:
    """The running variance and that of the batches, where the type rounds away what each batch would add.

    Told by the last batches: for most channels the variances differ by more than a tenth, and the share of the
    difference that is taken up is less than half a step of the type.
    """
    if len(samples) < 4 or momentum is None or samples[-1].running_var.dtype not in HALF:
        return None
    last = samples[-3:]
    learnt, wanted = last[-1].running_var.double().cpu(), mean_of([one.var.double().cpu() for one in last], last)
    step = torch.finfo(last[-1].running_var.dtype).eps * learnt.abs()
    lost = ((wanted - learnt).abs() > 0.1 * learnt.abs()) & (momentum * (wanted - learnt).abs() < step / 2)
    lost &= (last[0].running_var == last[-1].running_var).cpu()
    if int(lost.sum()) * 2 <= len(lost):
        return None
    return median_of(learnt[lost]), median_of(wanted[lost])
