"""What PyTorch says."""

from whynorm.texts.wordings.wording import Wording

_SHAPE = r"(?:torch\.Size\()?\(*\[?(?P<shape>[\d, L]{1,80})\]?"

WORDINGS = (
    Wording(
        "one-value",
        rf"Expected more than 1 spatial element when training, got input size {_SHAPE}",
        "Expected more than 1 spatial element when training, got input size torch.Size([32, 512, 1, 1])",
        layer="InstanceNorm",
        versions=">=1.8",
    ),
    Wording(
        "one-value",
        rf"Expected more than 1 value per channel when training(?:, got input size {_SHAPE})?",
        "Expected more than 1 value per channel when training, got input size torch.Size([1, 256])",
        layer="BatchNorm",
        versions=">=0.2",
    ),
)
