"""Changes that are tried at the end, on what was noted: other names of saved weights, statistics learnt anew."""

from whynorm.facts import Call, Verdict
from whynorm.facts.change import Rekey, Relearn
from whynorm.facts.history import History, Statistics
from whynorm.frameworks.torch.experiments.relearnt import Batch, relearnt
from whynorm.frameworks.torch.histories.noted import Tally
from whynorm.frameworks.torch.histories.now import roots
from whynorm.frameworks.torch.histories.samples import gap
from whynorm.frameworks.torch.histories.statistics import are_numbered, is_initial


def learnt_anew(call: Call, tally: Tally | None, change: Relearn) -> Verdict:
    """The norm's call with the history that it would have, had its statistics been learnt so."""
    history = call.history
    if tally is None or history is None or history.statistics is None:
        return Verdict(None)
    if change.batches == "copied":
        learnt = _lent(tally, call.path or "", history.statistics)
        return Verdict(None) if learnt is None else _with_statistics(call, history, learnt)
    apart = are_numbered(tally.samples)
    taken = [
        Batch((one.place, one.number * apart), one.training and one.place.grad, one.sample) for one in tally.samples
    ]
    learnt = relearnt(change, taken, history.statistics)
    return Verdict(None) if learnt is None else _with_statistics(call, history, learnt)


def rekeyed(call: Call, tally: Tally | None, change: Rekey) -> Verdict:
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
            if other is tally or there != path or mean is None or variance is None or is_initial(other):
                continue
            own = [
                taken._replace(running_mean=mean, running_var=variance)
                for taken in (one.sample for one in tally.samples if not one.training)
                if taken.mean.shape == mean.shape
            ]
            if own:
                return statistics._replace(initial=False, gap=gap(own))
    return None
