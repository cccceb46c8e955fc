from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import sizes
from whynorm.facts import Call

FELT = 0.1
"""From this share of a deviation on, a sample's own result is another one."""
FELT_BY_A_BATCH = 0.3
"""The same where statistics are those of the whole batch anyway."""
SEEN = 0.25
"""From this share of the output's deviation on, a seam is seen, what convolutions do at the borders left aside."""


@symptom("context-dependent", causes=("padding-in-statistics", "tiled-inference"), silent=("norm",))
def context_dependent(call: Call) -> Shown | None:
    """A sample's result depends on what it is computed with: the padding, the tile, the rest of the batch.

    ## What shows

    The same sample gives one result alone and another in a batch, padded, or cut into tiles. Nothing raises. A norm
    over live statistics is the usual reason: whatever lies on the axes that it averages over has a share in the result
    of every position.

    ```python silent torch
    import torch
    from torch import nn

    sample, other = torch.randn(1, 3, 8, 8), 5 + torch.randn(1, 3, 8, 8)
    batch = nn.BatchNorm2d(3)
    assert not torch.allclose(batch(torch.cat([sample, sample]))[:1], batch(torch.cat([sample, other]))[:1], atol=0.1)

    instance = nn.InstanceNorm2d(3)
    padded = nn.functional.pad(sample, (0, 8))
    assert not torch.allclose(instance(padded)[..., :8], instance(sample), atol=0.1)
    ```

    ```python works torch
    import torch
    from torch import nn

    sample, other = torch.randn(1, 3, 8, 8), 5 + torch.randn(1, 3, 8, 8)
    batch = nn.BatchNorm2d(3).eval()
    assert torch.allclose(batch(torch.cat([sample, other]))[:1], batch(sample), atol=1e-6)
    ```

    ## How to tell the causes apart

    Change one thing at a time and compare with the sample alone.

    * Other neighbours in the batch change it: a batch norm with batch statistics (`left-in-training`).
    * More padding changes it: `padding-in-statistics`.
    * Cutting it into tiles changes it, far from the cuts too: `tiled-inference`. A change near the cuts only is the
      border of convolutions, and no norm's doing.
    * It is the kind of data in the batch that matters: `shared-domains`.

    ## Remedies

    Statistics that do not use the axis in question: running ones for the batch, layer norm over channels alone for
    padding and tiles. Each is another network, to be trained so from the start. A mask that keeps padding out of the
    statistics keeps the network as it was meant.
    """
    measured = call.measured
    if call.raised is not None or measured is None or call.shape is None:
        return None
    seam, filled = measured.seam, measured.padding
    if filled is not None and filled.effect >= FELT / 2:
        felt = FELT if filled.alone else FELT_BY_A_BATCH
        longest = max(filled.lengths)
        to = f"the longest of them, {longest}" if longest == filled.size else f"{filled.size}"
        return Shown(
            "warning" if filled.effect >= felt else "note",
            f"{call.name} averages over padding: the samples are {min(filled.lengths)} to {longest} long and filled up "
            f"to {to}, and the result of a sample changes with that",
        )
    if seam is not None and seam.difference - seam.shared >= SEEN / 4:
        return Shown(
            "warning" if seam.difference - seam.shared >= SEEN else "note",
            f"{call.name} normalises each tile of {sizes(seam.tile)} by its own statistics: where two tiles of the "
            f"{sizes(seam.whole)} meet there is a seam of {seam.difference:.2g} deviations of the output",
        )
    return None
