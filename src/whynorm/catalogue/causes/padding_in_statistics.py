from whynorm.catalogue import Because, cause
from whynorm.facts import Case


@cause("padding-in-statistics")
def padding_in_statistics(case: Case) -> Because | None:
    """Padded positions or empty samples are averaged over with the rest.

    Sequences of different lengths are filled up with zeros, and a batch norm or instance norm takes the zeros for
    data: the mean is drawn towards 0, and how far depends on the longest sequence in the batch. A layer norm over the
    features of each position has no part in this.

    ```python silent torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    series = torch.zeros(16, 2, 40)
    series[..., :10] = 5 + torch.randn(16, 2, 10)
    norm = nn.BatchNorm1d(2, momentum=1.0)
    norm(series)
    assert norm.running_mean.max() < 1.5
    assert norm.running_var.min() > 4
    ```

    ```python works torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    series = torch.zeros(16, 2, 40)
    series[..., :10] = 5 + torch.randn(16, 2, 10)
    real = torch.arange(40).expand(16, 40) < 10
    norm = nn.BatchNorm1d(2, momentum=1.0)
    result = series.transpose(1, 2).clone()
    result[real] = norm(result[real])
    assert (norm.running_mean - 5).abs().max() < 0.5
    assert (norm.running_var - 1).abs().max() < 0.5
    ```

    Real values of mean 5 and variance 1 are taken for values of mean 1.25 and variance near 5. In the second example
    only real positions go through the norm.

    ## Remedies and their price

    * Normalise the real positions only, by a mask as above. In Keras, `BatchNormalization` takes a `mask`.
    * Layer norm over the features: no other position counts. It is another network.
    * Batches of similar length: less padding, not none.
    * For empty samples (an image missing in a set of views) leave them out before the norm, and put zeros back behind
      it.

    Masking the *result* or the loss is not enough: the statistics have been taken by then.
    """
    return None
