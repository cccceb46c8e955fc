from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("no-variation")
def no_variation(case: Case) -> Because | None:
    """The data do not vary there: a constant series, a dead channel, a blank image.

    A norm divides by the deviation. Where nothing varies that is 0, and `eps` stands in for it: the result is the
    constant 0, and noise of the size of rounding is amplified. Slices of a scan outside the body, masks that are empty,
    sensors that were off, channels behind a ReLU that never opens, all do it.

    ```python silent torch
    import torch
    from torch import nn

    series = torch.full((1, 1, 50), 3.0)
    mean, deviation = series.mean(-1, keepdim=True), series.std(-1, keepdim=True)
    guarded = torch.where(deviation < 1e-6, 1.0, deviation)
    scaled = (series - mean) / guarded
    forecast = scaled + 0.5
    assert (forecast * guarded + mean).mean() == 3.5
    assert (forecast * deviation + mean).mean() == 3.0
    ```

    The last line is the slip: the way there used the guarded deviation, the way back the raw one, so that every
    forecast of a constant series collapses to its mean.

    ```python works torch
    import torch
    from torch import nn

    images = torch.rand(6, 1, 8, 8)
    images[2] = 0.5
    varied = images.flatten(1).std(1) > 1e-6
    result = nn.InstanceNorm2d(1)(images[varied])
    assert varied.tolist() == [True, True, False, True, True, True]
    ```

    ## Remedies and their price

    * Leave such samples out, or draw patches so that something is in them; the network then has never seen a blank.
    * Statistics over more: a batch norm or group norm, where one flat channel or image does not stand alone.
    * For a dead channel look before the norm: its weights, the bias, a rate of learning that was too large.
    * In norms of your own, one guarded deviation for both ways.
    """
    return None
