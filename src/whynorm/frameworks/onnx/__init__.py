"""The room of ONNX: the nodes of a file are run one by one in ONNX Runtime, which alone says what it takes.

There are no tensors without memory there, so a file is really run, on small numbers, as far as that stays cheap.
"""

import sys
from collections.abc import Mapping, Sequence

from whynorm.frameworks.room import Followed, Room


class _Onnx:
    name = "onnx"

    def owns(self, target: object) -> bool:
        """Whether the target is the model of a file."""
        model = getattr(sys.modules.get("onnx"), "ModelProto", None)
        return model is not None and isinstance(target, model)

    def follow(
        self, target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None
    ) -> Followed:
        """Follow the shapes through a model; it has one mode."""
        from whynorm.frameworks.onnx.follow import follow

        return follow(target, inputs, keywords)

    def crash(self, exception: BaseException) -> Followed | None:
        """A session keeps nothing that could be followed: the text of its error is read."""
        return None


ROOM: Room = _Onnx()
