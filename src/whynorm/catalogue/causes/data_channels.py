from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("data-channels")
def data_channels(case: Case) -> Because | None:
    """The data have other channels than the network was built for (grey, RGBA, latents, bands)."""
    return None
