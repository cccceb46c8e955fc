"""A pass of torch that was made with live tensors, asked at other sizes of some of them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch

from whynorm.frameworks.room import Live
from whynorm.frameworks.torch import inputs as given
from whynorm.frameworks.torch.twins import mapped
from whynorm.sizing.question import Question
from whynorm.sizing.torch_runs import TorchRunner


class LiveRunner(TorchRunner):
    """The root of a pass, called as it was but for the sizes of the inputs at some places."""

    def __init__(
        self,
        live: Live,
        axes: Mapping[str, int],
        ranges: Mapping[str, tuple[int, int]],
        places: Sequence[int | str],
        *,
        until: float,
    ) -> None:
        super().__init__(live.root, Question((), (), {}, ranges), live.training)
        self.live = live
        self.letters = {axis: letter for letter, axis in axes.items()}
        self.places = places
        self.until = until

    def inputs(self, sizes: Any, device: str) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of the call, each tensor without its values."""

        def made(place: int | str, tensor: torch.Tensor) -> torch.Tensor:
            return torch.empty(self._shape(place, tensor, sizes), dtype=tensor.dtype, device=device)

        return self._called(made)

    def for_room(self, sizes: Any) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of the call, with their values where their sizes stay."""

        def made(place: int | str, tensor: torch.Tensor) -> torch.Tensor:
            if place not in self.places:
                return tensor
            return given.of_shape(self._shape(place, tensor, sizes), tensor.dtype)

        return self._called(made)

    def _shape(self, place: int | str, tensor: torch.Tensor, sizes: Any) -> tuple[Any, ...]:
        if place not in self.places:
            return tuple(tensor.shape)
        return tuple(
            sizes[self.letters[axis]] if axis in self.letters else size for axis, size in enumerate(tensor.shape)
        )

    def _called(self, made: Any) -> tuple[list[Any], dict[str, Any]]:
        return (
            [mapped(value, partial(made, place)) for place, value in enumerate(self.live.args)],
            {name: mapped(value, partial(made, name)) for name, value in self.live.kwargs.items()},
        )
