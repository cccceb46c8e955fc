"""The histories that are told at the end, network by network."""

from collections.abc import Iterator, Sequence

from whynorm.facts import Call, Trace, Trial, Verdict
from whynorm.facts.change import Change, Rekey, Relearn
from whynorm.frameworks.room import Followed
from whynorm.frameworks.torch import layers, places
from whynorm.frameworks.torch.described import call_of
from whynorm.frameworks.torch.histories import functional
from whynorm.frameworks.torch.histories.history import history_of
from whynorm.frameworks.torch.histories.noted import Root, Tally, is_finite
from whynorm.frameworks.torch.histories.now import roots
from whynorm.frameworks.torch.histories.statistics import is_initial, momentum_of
from whynorm.frameworks.torch.histories.tried import learnt_anew, rekeyed

SYMPTOMS = ("statistics-mode", "nonfinite-statistics", "state-mismatch", "modified-in-place")


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
        frozenset(tally.uses), frozenset(tally.thawed), frozenset(tally.moved), loaded, is_initial(tally),
        is_finite(tally), type(norm).__name__, momentum_of(tally),
    )  # fmt: skip


def _followed(root: Root, norms: Sequence[tuple[Tally, int]]) -> Followed:
    from whynorm.frameworks.torch.follow import framework

    passes = [place.kept for place in root.places.values() if place.kept is not None]
    passes += [root.export.kept] if root.export is not None and root.export.kept is not None else []
    known = passes[0] if passes else None
    calls = list(known.followed.trace.calls) if known is not None else []
    for tally, count in norms:
        history = history_of(root, tally, count)
        path = _path(root, tally)
        number = next((n for n, one in enumerate(calls) if one.path == path and one.role == "norm"), None)
        if number is not None:
            calls[number] = calls[number]._replace(history=history)
        else:
            calls.append(_call(root, tally, path)._replace(history=history))
    elsewhere = [place.kept for tally, _ in norms for place, _ in tally.uses if place.root is not root and place.kept]
    verdicts = {key: verdict for one in (*elsewhere, *passes) for key, verdict in one.verdicts.items()}

    by_path = {_path(root, tally): tally for tally, _ in norms}

    def trial(call: Call) -> Trial:
        def tried(changes: Sequence[Change]) -> Verdict:
            if isinstance(changes[0], Rekey):
                return rekeyed(call, by_path.get(call.path or ""), changes[0])
            if isinstance(changes[0], Relearn):
                return learnt_anew(call, by_path.get(call.path or ""), changes[0])
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


def _path(root: Root, tally: Tally) -> str:
    """The norm's path; of a function, that of the module that calls it."""
    module = root.module() if tally.function is not None else None
    parts = module.named_modules() if module is not None else ()
    return next((path for path, one in parts if id(one) == tally.caller), root.norms[tally])


def _hints(root: Root) -> dict[str, object]:
    """The line that called the network last."""
    line = next((places.location(place.line) for place in reversed(root.places.values())), None)
    return {} if line is None else {"called": line}


def _call(root: Root, tally: Tally, path: str) -> Call:
    """The norm's call, where its pass was not followed."""
    if tally.function is not None:
        return functional.call_of(tally, path)
    norm, module = tally.norm(), root.module()
    if norm is None:
        known = tally.described
        return Call(root.kind, "norm", path) if known is None else known.call._replace(built=known.built)
    built = places.built(module, path, norm, layers.required(norm)) if module is not None else None
    return call_of(norm, tally.shape)._replace(path=path, built=built)
