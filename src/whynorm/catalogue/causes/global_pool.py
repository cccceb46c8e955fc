from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies import batch_of, leave_out
from whynorm.catalogue.shapes import at, out_shape, shrinking, sizes, source, spatial
from whynorm.facts import Case


@cause("global-pool")
def global_pool(case: Case) -> Because | None:
    """A pooling to 1 x 1 stands before the norm."""
    call, found = case.call, source(case)
    if found is None or call.shape is None or not call.shape:
        return None
    steps = shrinking(found.calls)
    if not steps or steps[-1].role not in ("global-pool", "reduce"):
        return None
    pool = steps[-1]
    out = out_shape(pool) or ()
    averages_batch = call.reading is not None and 0 in call.reading.averages and not call.reading.unbatched
    remedies = []
    left = sizes(out[axis] for axis in spatial(out)) if len(out) > 2 else "one value"
    if averages_batch:
        remedies.append(
            Remedy(
                "feed batches of at least 2 in training",
                "data",
                when="batches may be larger: after the pooling the norm has nothing but the batch",
                trial=batch_of(case, 2),
            )
        )
    remedies.append(
        leave_out(
            case,
            call,
            f"leave {call.name} out after the pooling",
            when="the size of the batch must stay"
            if averages_batch
            else "a pooled vector needs no norm over positions",
        )
    )
    message = f"{pool.name} at {at(pool)} leaves {left} for each channel"
    if averages_batch:
        message += f", and the batch has {call.shape[0]} sample"
    return Because("certain", message, at=pool, steps=(pool,), remedies=tuple(remedies), weight=0.4)
