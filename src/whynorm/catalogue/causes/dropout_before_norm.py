from whynorm.catalogue import Because, cause
from whynorm.catalogue.remedies.layer import leave_out
from whynorm.catalogue.shapes import at
from whynorm.facts import Case


@cause("dropout-before-norm")
def dropout_before_norm(case: Case) -> Because | None:
    """Dropout stands before a norm that learns statistics.

    In training dropout sets a share p of the values to 0 and multiplies the others by 1 / (1 - p). The mean stays, the
    variance grows: for values of mean 0 by the factor 1 / (1 - p). The batch norm learns the larger variance; in
    inference nothing is dropped, the variance is smaller than the learnt one, and the results are too small.

    ```python silent torch
    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(4))
    for _ in range(200):
        model(torch.randn(256, 4))
    assert 1.8 < model[1].running_var.mean() < 2.2
    model.eval()
    assert model(torch.randn(4096, 4)).std() < 0.8
    inputs = [(256, 4)]
    ```

    ```python works torch
    import torch
    from torch import nn

    model = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(0.5))
    for _ in range(200):
        model(torch.randn(256, 4))
    model.eval()
    assert 0.9 < model(torch.randn(4096, 4)).std() < 1.1
    inputs = [(256, 4)]
    ```

    ## Remedies and their price

    * Dropout behind the last batch norm, before the output layer. It is to be trained anew.
    * A smaller p: with 0.1 the variance is a ninth too large, which seldom matters.
    * For a trained network: pass training data through it with dropout off and the norms in training mode, so that they
      learn the variance of inference. Then validate.
    * Layer, group and instance norms keep no statistics, and have no such shift.
    """
    call, reading = case.call, case.call.reading
    if reading is None or reading.family != "batch" or call.path is None:
        return None
    for made in case.trace.upstream(call):
        if made.role == "dropout" and made.arguments.get("p"):
            order = call.measured.order if call.measured is not None else None
            shift = order.shift if order is not None else None
            return Because(
                "likely" if shift is None else "certain",
                f"{at(made)} raises the variance in training, not in inference, and {at(call)} learns the raised one",
                at=made,
                steps=(made, call),
                remedies=(
                    leave_out(
                        case,
                        made,
                        f"leave {at(made)} out there, and drop behind the last batch norm",
                        when="the weights are yet to be trained",
                    ),
                ),
                experiment=None
                if shift is None
                else f"the variance that {at(call)} gets on this batch is {shift:.2f} times that without dropout",
            )
        if made.role not in ("conv", "linear", "activation", "reshape"):
            return None
    return None
