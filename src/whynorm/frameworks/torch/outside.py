"""A layer that is at fault outside of every pass: while its parameters are used, or a backward pass is made."""

from collections.abc import Sequence

from torch import nn

from whynorm.facts import Call, Raised
from whynorm.frameworks.torch import layers, places
from whynorm.frameworks.torch.steps import Step


def at_fault(root: nn.Module, path: str, layer: nn.Module, steps: Sequence[Step], raised: Raised) -> Call:
    """The layer as a call that raised, on the innermost line of the user's."""
    line = next((step for step in reversed(steps) if places.owner(step.file) == "user"), None)
    settings = layers.settings(layer)
    return Call(
        type(layer).__name__,
        layers.role(layer),
        path,
        layers.built_as(layer),
        arguments=settings,
        training=layer.training,
        location=None if line is None else places.location((line.file, line.line)),
        built=places.built(root, path, layer, tuple(settings.values())),
        raised=raised,
    )
