from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("context-dependent", causes=())
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
    return None
