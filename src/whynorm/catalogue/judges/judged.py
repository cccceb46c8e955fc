"""All judges in turn: the worst that one of them finds."""

from whynorm.catalogue.judges.batches import far_statistics, shared_domains, small_batches, tracked_instances
from whynorm.catalogue.judges.frozen import frozen_alone, half_frozen, overruled
from whynorm.catalogue.judges.judgement import Judged
from whynorm.catalogue.judges.learning import (
    never_adapted,
    never_learnt,
    never_written,
    odd_momentum,
    recalibrated_in_vain,
    rounded_away,
    unsettled,
)
from whynorm.catalogue.judges.mode import (
    exported_in_training,
    inference_in_training,
    training_in_inference,
    trains_nothing,
)
from whynorm.facts import Call


def judged(call: Call) -> Judged | None:
    """The worst of what the history of a norm shows of its statistics."""
    if call.history is not None and call.history.adapted:
        return never_adapted(call)
    found = [one for judge in JUDGES if (one := judge(call)) is not None]
    return min(found, key=lambda one: one.severity == "note", default=None)


JUDGES = (
    inference_in_training, exported_in_training, training_in_inference, trains_nothing, frozen_alone, never_written,
    never_learnt, rounded_away, overruled, half_frozen, recalibrated_in_vain, odd_momentum, shared_domains,
    tracked_instances, unsettled, far_statistics, small_batches,
)  # fmt: skip
