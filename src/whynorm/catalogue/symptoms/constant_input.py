from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom("constant-input", causes=())
def constant_input(call: Call) -> Shown | None:
    """A statistic is taken over values that are all the same.

    ## What shows

    There are many values, so nothing raises; but they do not differ, and their deviation is 0. What comes out is 0
    wherever the mean was subtracted, and the small `eps` alone stands in the divisor. So the least noise on such an
    input is blown up: by about 316 with PyTorch's usual `eps` of 1e-5. A norm written by hand without an `eps`
    divides by 0 and gives NaN; one with `sqrt(var)` gives NaN for the gradient even where the result looks well.

    ```python silent torch
    import torch
    from torch import nn

    flat = torch.full((2, 3, 8, 8), 0.5)
    assert nn.InstanceNorm2d(3)(flat).abs().max() == 0
    noisy = flat + 0.0001 * torch.randn(2, 3, 8, 8)
    assert nn.InstanceNorm2d(3)(noisy).std() > 250 * noisy.std()

    series = torch.full((1, 50), 2.0, requires_grad=True)
    series.var(-1).sqrt().sum().backward()
    assert series.grad.isnan().all()
    ```

    ```python works torch
    import torch

    series = torch.full((1, 50), 2.0, requires_grad=True)
    (series.var(-1) + 1e-5).sqrt().sum().backward()
    assert series.grad.isfinite().all()
    ```

    ## How to tell the causes apart

    Print the deviation over the axes that the norm averages, for each sample and channel, and look for zeros. Zero for
    some samples: blank images, empty patches, constant series. Zero for a channel in every sample: a dead channel
    before the norm. Both are `no-variation`. If each statistic has one value only, the symptom is `one-value`.

    ## Remedies and their price

    * Leave blank samples out, or choose patches so that they hold something. The network then never learns what to
      answer for a blank one.
    * Add `eps` inside the root, not behind it. It bounds the result and the gradient; it also damps real, small
      variation.
    * Where scaling is undone later (forecasts of series), use the very same guarded deviation on the way back. A guard
      on one side only makes the two disagree.

    A smaller `eps` does harm: what it blows up is noise.
    """
    return in_its_words(call, "a statistic is taken over values that are all the same")
