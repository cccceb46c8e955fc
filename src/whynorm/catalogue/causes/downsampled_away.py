from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("downsampled-away")
def downsampled_away(case: Case) -> Because | None:
    """Strides, pools or unpadded kernels used up the spatial size."""
    steps = [call for call in case.trace.upstream(case.call) if call.role in ("conv", "pool")]
    return Because("likely", "strides used up the size", steps=tuple(reversed(steps))) if steps else None
