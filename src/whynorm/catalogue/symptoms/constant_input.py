import math
from collections.abc import Sequence

from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.shapes import count
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call
from whynorm.facts.measured import Variation
from whynorm.facts.words import listed

FEW = 3
"""So many channels or samples are named; of more, the number is."""


@symptom("constant-input", causes=("no-variation",), silent=("norm",), needs_cause=True)
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
    table = call.measured.columns if call.measured is not None else None
    if call.raised is None and table is not None and table.flat:
        return Shown(
            "warning",
            f"{call.name} was adapted to data in which {_numbered('column', table.flat)} of {table.of} "
            f"{'does' if len(table.flat) == 1 else 'do'} not vary, and divides what varies there by next to nothing",
        )
    varied = call.measured.variation if call.measured is not None else None
    if call.raised is not None or varied is None or call.shape is None or call.reading is None:
        return in_its_words(call, "a statistic is taken over values that are all the same")
    each = call.reading.values(call.shape)
    if varied.constant == varied.statistics:
        return _nothing(call, varied, each)
    if varied.erased:
        return Shown(
            "warning",
            f"{call.name} gets {_numbered('channel', varied.erased)} with one value in each sample, another in "
            f"another one ({_values(varied.levels)}): what it gives there is 0 for every sample",
        )
    if hardly(varied):
        return Shown(
            "warning",
            f"{call.name} adds eps = {varied.eps:.3g} to variances of {varied.deviation**2:.2g}: what it gives "
            f"deviates by {_left(varied):.2g} where a normalised result does by 1",
        )
    if varied.dead:
        most = 2 * len(varied.dead) > varied.channels and varied.handed != 0 and each >= 16
        return Shown(
            "warning" if most else "note",
            f"{_numbered('channel', varied.dead)} of the {varied.channels} that {call.name} gets "
            f"{'holds' if len(varied.dead) == 1 else 'hold'} one value in the whole batch: "
            f"what it gives there is 0 for every input",
        )
    if varied.blank:
        return Shown(
            "note", f"{_numbered('sample', varied.blank)} of this batch: all that {call.name} gives for it is 0"
        )
    return None


def hardly(varied: Variation) -> bool:
    """Whether the data themselves vary so little that the norm's `eps` outweighs their variance."""
    small = varied.handed is not None and 0 < varied.handed < 0.01
    return small and not varied.constant and varied.deviation**2 < varied.eps / 100


def _nothing(call: Call, varied: Variation, each: int) -> Shown | None:
    """Every statistic is over values that are all the same."""
    of_layer = call.reading is not None and call.reading.family == "layer"
    probe = varied.handed == 0 and not varied.repeated
    if of_layer and (len(varied.levels) < 2 or probe):
        return None
    what = f"{each} equal values" if len(varied.levels) < 2 else f"{each} equal values ({_values(varied.levels)})"
    each_of = "its statistic" if varied.statistics == 1 else f"each of its {varied.statistics} statistics"
    return Shown(
        "note" if probe else "warning",
        f"{call.name} takes {each_of} over {what}: what it gives is 0 for every input, before scale and shift",
    )


def _left(varied: Variation) -> float:
    """The deviation of the result, before scale and shift."""
    return varied.deviation / math.sqrt(varied.deviation**2 + varied.eps)


def _values(levels: Sequence[float]) -> str:
    return listed(f"{level:.3g}" for level in levels) + (" …" if len(levels) > FEW else "")


def _numbered(noun: str, numbers: Sequence[int]) -> str:
    """`channel 3`, `channels 0, 3 and 5`, `12 channels`."""
    if len(numbers) > FEW:
        return count(len(numbers), noun)
    return f"{noun if len(numbers) == 1 else noun + 's'} {listed(numbers)}"
