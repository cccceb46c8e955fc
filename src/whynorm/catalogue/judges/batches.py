"""Statistics that do not suit the data: small batches, two kinds of data, another distribution."""

from whynorm.catalogue.judges.judgement import Judged, is_instance, passes
from whynorm.facts import Call
from whynorm.facts.history import Gap, History


def small_batches(call: Call) -> Judged | None:
    """Batches of which statistics come out by chance."""
    history, reading, shape = call.history, call.reading, call.shape
    if history is None or history.statistics is None or reading is None or shape is None or reading.family != "batch":
        return None
    learning = [use for use in history.uses if use.training and use.learnt > 2]
    if not learning:
        return None
    size = max(use.batches[1] for use in learning)
    values = size * reading.values(shape) // max(1, shape[0])
    momentum = history.statistics.momentum
    if not 1 <= size <= 4 or momentum is None:
        return None
    noise = (momentum / (2 - momentum) / size) ** 0.5
    samples = f"{size} {'sample' if size == 1 else 'samples'} ({values} values)"
    if is_spread(history):
        samples += f", the share of one of {history.replicas} replicas"
    told = f"each statistic comes from {samples}: a running mean scatters by {noise:.2f} deviations"
    scatter, apart = history.statistics.scatter or 0.0, history.statistics.apart or 0.0
    if scatter > 1 and apart > 0.5:
        told = (
            f"each statistic comes from {samples}, and the means of batches lie {scatter:.2g} deviations apart: each "
            "was normalised by itself in training, and by the average of all in inference"
        )
        return Judged("warning", told, learning[0])
    return Judged("warning" if values == 2 else "note", told, learning[0])


def is_spread(history: History) -> bool:
    """Whether a batch is spread over several replicas."""
    return history.replicas is not None and history.replicas > 1


def shared_domains(call: Call) -> Judged | None:
    """Two kinds of data in one norm."""
    history = call.history
    statistics = history.statistics if history is not None else None
    if statistics is None or statistics.domains is None or statistics.domains < 1 or is_instance(call):
        return None
    gap = statistics.gap
    fact = f"the batches of two places differ by {statistics.domains:.1f} deviations in their means"
    if gap is not None and gap.mean < 0.5 and gap.ratio > 4:
        return Judged("warning", f"{fact}, and in inference the input has {gap.ratio:.2g} times the running variance")
    if gap is not None and gap.mean < 0.5 and (statistics.farthest or 0) > 0.75:
        off = f"and batches of inference lie up to {statistics.farthest:.1f} from the running mean, to both sides of it"
        return Judged("warning", f"{fact}, {off}")
    if gap is None or gap.mean < 0.5:
        return Judged("note", fact)
    return Judged("warning", f"{fact}, and in inference the input lies {gap.mean:.1f} from the running mean")


def far_statistics(call: Call) -> Judged | None:
    """Running statistics that do not fit what comes in."""
    history = call.history
    statistics = history.statistics if history is not None else None
    gap = statistics.gap if statistics is not None else None
    if history is None or statistics is None or gap is None or gap.samples < 16 or is_instance(call):
        return None
    if _is_near(gap):
        return None
    updates, momentum = gap.updates, statistics.momentum
    settled = updates is not None and momentum is not None and (1 - momentum) ** updates < 0.1
    learnt = any(use.training and use.learnt for use in history.uses)
    away = f"in inference its input lies {gap.mean:.1f} deviations from the running mean"
    fact = f"{away}, with {gap.ratio:.2g} of the variance"
    if gap.mean < 1 and gap.ratio < 1 and history.dropout is not None:
        return Judged("note", f"{fact}: {history.dropout} drops in training only, where the variance is larger")
    return Judged("warning" if settled and learnt and gap.samples >= 32 else "note", fact)


def _is_near(gap: Gap) -> bool:
    return gap.mean < 1 and 0.2 < gap.ratio < 5


def tracked_instances(call: Call) -> Judged | None:
    """An instance norm that is a batch norm in inference."""
    history = call.history
    statistics = history.statistics if history is not None else None
    if history is None or statistics is None or not is_instance(call):
        return None
    learnt = any(use.training and use.learnt for use in history.uses)
    inferred = [use for use in history.uses if not use.training and not use.learnt]
    if not learnt or not inferred:
        return None
    spread = statistics.spread
    apart = f", which lie {spread:.2g} deviations from those of a sample" if spread is not None else ""
    fact = f"it learnt with each sample's own statistics, and {passes(inferred[0])} of inference used the running ones"
    return Judged("warning" if spread is not None and spread > 0.1 else "note", fact + apart, inferred[0])
