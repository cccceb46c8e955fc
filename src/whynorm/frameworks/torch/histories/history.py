"""What was noted of one norm, as its history: where it was called, and what befell it."""

import gc
from collections.abc import Iterator

import torch

from whynorm.facts import Location
from whynorm.facts.history import (
    Assigned,
    Averaged,
    Broken,
    Data,
    Exported,
    History,
    Loaded,
    Logarithm,
    Stale,
    Unheeded,
    Use,
)
from whynorm.frameworks.torch import places
from whynorm.frameworks.torch.experiments import HALF
from whynorm.frameworks.torch.histories.doubtful import is_odd
from whynorm.frameworks.torch.histories.frames import is_users
from whynorm.frameworks.torch.histories.functional import fixed
from whynorm.frameworks.torch.histories.kept import frozen_around
from whynorm.frameworks.torch.histories.looks import bad_weights
from whynorm.frameworks.torch.histories.loose import unregistered
from whynorm.frameworks.torch.histories.noted import Place, Root, Tally, is_finite
from whynorm.frameworks.torch.histories.now import NOW
from whynorm.frameworks.torch.histories.statistics import is_initial, momentum_of, statistics_of
from whynorm.frameworks.torch.recorded import dtype_name
from whynorm.source.assigned import assigned_in
from whynorm.source.averaged import averaged_in, saved_in
from whynorm.source.logarithms import divided_in, rooted_in, unguarded_in
from whynorm.source.result import argument_at, callee_at, loop_around, result_of, switched_before
from whynorm.source.unheeded import unheeded_in


def history_of(root: Root, tally: Tally, alike: int) -> History:
    """The history of a norm, and of the others of the network that have the same: so many are `alike`."""
    return History(
        uses=tuple(_use(tally, place, training, calls) for (place, training), calls in tally.uses.items()),
        alike=alike,
        backwards=NOW.backwards,
        moved=root.moved,
        part=frozen_around(root, tally),
        adversary=_has_adversary(root),
        statistics=statistics_of(tally),
        loaded=_loaded(root, tally),
        exported=_exported(root),
        averaged=_averaged(tally) if is_initial(tally) else None,
        broken=_broken(root, tally),
        dropout=root.dropout,
        stale=_stale(root, tally),
        unregistered=unregistered(tally.loose) if tally.loose is not None else None,
        unheeded=_unheeded(tally),
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
    learnt = (0, 0) if _is_for_the_input(tally, place) else (place.learnt, place.learnt_last)
    return Use(
        training, place.grad, place.root_training, place_known, name, place.functions, calls, place.first, place.last,
        place.longest, place.runs, place.began, place.run, *learnt, place.batches,
        place.samples, result_of(place_known, name), loop_around(place_known, name), place.recalibrates,
        bool(tally.own.get(place)) and place not in tally.thawed, place in tally.moved,
        switched_before(place_known, name, "train") if place.training else None,
        parts=place.parts, fixed=fixed(tally) if tally.function is not None else None,
    )  # fmt: skip


def _is_for_the_input(tally: Tally, place: Place) -> bool:
    """Whether gradients are wanted in inference mode and move no weight of the norm: an attack, a heat map."""
    asks = bool(tally.own.get(place)) and place in tally.thawed
    return not place.training and asks and place.passes > 1 and place not in tally.moved


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
    weights = bad_weights(root) or root.astray
    return Broken(
        norms[among[0]],
        seen[0] if seen is not None else None,
        len(norms),
        (int(bad.sum()), len(bad)),
        dtype_name(variance.dtype),
        taken=_coarser(root, among[0], variance.dtype),
        data=_odd_data(root, tally),
        weights=weights,
        logarithm=_guardless(root, weights is not None),
    )


def _guardless(root: Root, astray: bool) -> Logarithm | None:
    """The one place of the program where a 0 makes NaN or infinity; in gradients, where weights went `astray`."""
    files = list(places.user_files())
    rooted = rooted_in(files) if astray and root.odd is None else None
    return rooted or unguarded_in(files) or (divided_in(files) if root.odd is not None else None)


def _unheeded(tally: Tally) -> Unheeded | None:
    """What keeps `eval()` from reaching the norm where it was called in training mode."""
    codes = [code for place, training in tally.uses if training for code in place.root.switches]
    return unheeded_in(code for code in dict.fromkeys(codes) if is_users(code))


def _assigned(tally: Tally) -> Iterator[Assigned]:
    """Where the program changed a setting of this norm that is not as usual."""
    norm = tally.norm()
    odd = {"track_running_stats": False, "momentum": momentum_of(tally)} if norm is not None and is_odd(tally) else {}
    for name, value in odd.items():
        found = assigned_in(places.user_files(), name, value) if getattr(norm, name, None) == value else None
        if found is not None:
            yield found


def _coarser(root: Root, tally: Tally, dtype: torch.dtype) -> str | None:
    """The type of 16 bits in which a norm got what it took its statistics over."""
    given = [one for _, one, training, _ in tally.cases if training and one in HALF and one is not dtype]
    return dtype_name(given[0]) if given and bad_weights(root) is None else None


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
    return Data(odd.after, use, odd.samples, odd.of, argument, odd.whole)


def _averaged(tally: Tally) -> Averaged | None:
    """The loop from which the parameters of a network that never learnt may come."""
    if any(training or place.learnt for place, training in tally.uses):
        return None
    return averaged_in(places.user_files())
