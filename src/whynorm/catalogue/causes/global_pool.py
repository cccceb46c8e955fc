from whynorm.catalogue import Because, Remedy, cause, phrases
from whynorm.catalogue.remedies.batch import larger_batch
from whynorm.catalogue.remedies.layer import leave_out
from whynorm.catalogue.shapes import at, out_shape, pools_all, shrinking, sizes, source, spatial
from whynorm.facts import Case

_POOLS = (
    "aspp",
    "psp",
    "ppm",
    "pyramid",
    "adaptiveavgpool",
    "adaptive_avg_pool",
    "global_pool",
    "globalpool",
    "global_avg",
    "gap(",
    "image_pool",
    "img_pool",
    "img_level",
    "image_level",
    "global_",
    "squeezeexc",
    "se_layer",
    "selayer",
    "se_block",
    "seblock",
    "senet",
    ".mean(",
    "avg_pool",
    "avgpool",
)


@cause("global-pool")
def global_pool(case: Case) -> Because | None:
    """A pooling to 1 x 1 stands before the norm.

    Behind `AdaptiveAvgPool2d(1)` or `mean((2, 3))` each channel of each sample is one number. An instance norm has
    nothing left to average over; a batch norm has the batch alone, and fails when that holds one sample.
    Image-level branches of segmentation networks (ASPP, pyramid pooling) and squeeze-and-excitation blocks are
    built like this.

    ```python fails torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8))
    model(torch.randn(1, 8, 32, 32))
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8))
    model(torch.randn(2, 8, 32, 32))
    ```

    ## Remedies and their price

    * Leave the norm out on the pooled branch. Another function, slightly; a bias does what its shift did.
    * Batch norm: train with two samples or more. With two, the statistics are those of two numbers: poor.
    """
    call, found = case.call, source(case)
    if call.role in ("pool", "global-pool") and call.raised is not None and len(call.shape or ()) == 2:
        return _pooled_already(case)
    if found is None or call.shape is None or not call.shape:
        return None
    steps = shrinking(found.calls)
    if not steps or not pools_all(steps[-1]):
        return None
    pool = steps[-1]
    out = out_shape(pool) or ()
    averages_batch = call.reading is not None and 0 in call.reading.averages and not call.reading.unbatched
    remedies = []
    left = sizes(out[axis] for axis in spatial(out)) if len(out) > 2 else "one value"
    if averages_batch:
        remedies.append(
            larger_batch(
                case,
                "feed batches of at least 2 in training",
                when="batches may be larger: after the pooling the norm has nothing but the batch",
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


def _pooled_already(case: Case) -> Because | None:
    """A pooling over positions, of features that have none any more."""
    call = case.call
    if call.shape is None or min(call.ranks, default=0) < 3:
        return None
    return Because(
        "likely",
        f"{sizes(call.shape)} has no positions left: they were pooled, or flattened, before {at(call)}",
        at=call,
        remedies=(leave_out(case, call, f"leave {call.name} out: there is nothing left to pool"),),
        weight=0.8,
    )


@global_pool.in_text
def _(case: Case) -> Because | None:
    told, shape = case.told, case.told.shape
    if told.symptom != "one-value" or told.family in ("layer", "rms"):
        return None
    if shape is not None and (len(shape) < 3 or any(size != 1 for size in shape[2:])):
        return None
    word = told.first(*_POOLS)
    instance = told.family == "instance"
    message = "a pooling to one position stands before the norm"
    if word is not None:
        message += f" (the text names {word.strip('(._')})"
    remedies = []
    if instance:
        remedies.append(
            Remedy("leave the norm out on the pooled branch; more samples do not help an instance norm", "model")
        )
    else:
        remedies += [
            phrases.larger_batch(case),
            Remedy(
                "leave the norm out on the pooled branch, or use LayerNorm there", "model", "batches of one must stay"
            ),
        ]
    pool = told.seen.pools[0] if told.seen.pools else None
    if pool is not None:
        message = f"{pool.code} pools to one position before the norm"
    return Because(
        "likely" if pool is not None or (word is not None and (not instance or shape is not None)) else "possible",
        message,
        origin=pool,
        remedies=tuple(remedies),
        look_at="an AdaptiveAvgPool(1), mean((2, 3)) or pyramid pooling before the layer in the traceback",
        weight=0.95 if pool is not None else 0.8 if word is not None else 0.4 if instance else 0.55,
    )
