from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import in_its_words
from whynorm.facts import Call


@symptom(
    "unsupported-export",
    causes=(
        "left-in-training",
        "library-version",
        "unknown-input-size",
        "instance-norm-running-statistics",
        "signature-confusion",
    ),
)
def unsupported_export(call: Call) -> Shown | None:
    """The layer cannot be exported or converted as it is.

    ## What shows

    The network runs; the exporter, the converter or the other runtime refuses one of its norms, or takes it and
    computes something else. ONNX has an InstanceNormalization with a scale and bias for each channel and batch
    statistics always, a BatchNormalization with running ones, a LayerNormalization from opset 17, a GroupNormalization
    from opset 18. Everything else is written as a group of simpler operations, and some of these need sizes that are
    known.

    ```python fails torch
    import io
    import torch
    from torch import nn

    torch.onnx.export(
        nn.InstanceNorm2d(2),
        (torch.randn(2, 2, 4, 4),),
        io.BytesIO(),
        input_names=["x"],
        dynamic_axes={"x": {0: "n", 1: "c"}},
        dynamo=False,
    )
    ```

    ```python works torch
    import io
    import torch
    from torch import nn

    torch.onnx.export(
        nn.InstanceNorm2d(2),
        (torch.randn(2, 2, 4, 4),),
        io.BytesIO(),
        input_names=["x"],
        dynamic_axes={"x": {0: "n", 2: "h", 3: "w"}},
        dynamo=False,
    )
    ```

    ## How to tell the causes apart

    * The message speaks of an unknown or dynamic size: `unknown-input-size`. The channels must be known; batch, height
      and width may stay open.
    * It names an opset or an operator without implementation: `library-version`, of the exporter or of the runtime.
    * A norm is to become a part of the convolution before it, and the message speaks of `eval` or of the mode:
      `left-in-training`. Only with its running statistics is a norm a fixed scale and shift.
    * It warns that the norm is in training mode: `instance-norm-running-statistics`, and usually no harm.

    ## What to compare

    Call `model.eval()` first. The exporter writes the inference form even of a network in training mode, and the
    comparison then fails though the export is right: the numbers to compare with are those of inference mode. Compare
    several batches, one of one sample among them.
    """
    return in_its_words(call, "it cannot be exported or converted as it is")
