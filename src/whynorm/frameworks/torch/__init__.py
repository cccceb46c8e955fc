"""The room of PyTorch: models are followed by shapes alone, crashes are followed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whynorm.frameworks.room import Followed

__all__ = ["ROOM"]


class _Torch:
    name = "torch"

    def owns(self, target: object) -> bool:
        from whynorm.frameworks.torch.follow import owns

        return owns(target)

    def follow(
        self, target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None
    ) -> Followed:
        from whynorm.frameworks.torch.follow import follow

        return follow(target, inputs, keywords, training)

    def building(self) -> AbstractContextManager[None]:
        """Models may be built inside: where each layer is built is remembered, and the random state restored."""
        from whynorm.frameworks.torch.follow import building

        return building()

    def crash(self, exception: BaseException) -> Followed | None:
        from whynorm.frameworks.torch.crash import crash

        return crash(exception)


ROOM = _Torch()
