from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import batch_of
from whynorm.facts import Case


@cause("replica-share")
def replica_share(case: Case) -> Because | None:
    """Splitting the batch over devices leaves one each."""
    call, replicas = case.call, case.hints.get("replicas")
    if call.reading is None or 0 not in call.reading.averages or not isinstance(replicas, int) or replicas < 2:
        return None
    if not call.shape or call.shape[0] != 1:
        return None
    return Because(
        "likely",
        f"the batch is split over {replicas} replicas, and this one got a single sample",
        remedies=(
            Remedy(
                f"feed batches of at least {2 * replicas}, two samples for each replica",
                "data",
                trial=batch_of(case, 2),
            ),
        ),
        weight=2.0,
    )
