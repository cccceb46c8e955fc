"""The room of Keras 3, on every backend."""

from collections.abc import Mapping, Sequence

import keras

from whynorm.frameworks.room import Followed, Room


class _Keras:
    """Enters the parts of the room when they are asked for."""

    def owns(self, target: object) -> bool:
        """Whether the target is a layer or model of Keras 3."""
        return isinstance(target, keras.Layer)

    def follow(
        self, target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None
    ) -> Followed:
        """Follow the shapes through a layer or model."""
        from whynorm.frameworks.keras.follow import follow

        return follow(target, inputs, keywords, training)

    def crash(self, exception: BaseException) -> Followed | None:
        """Follow again what raised this exception."""
        from whynorm.frameworks.keras.crash import crash

        return crash(exception)


ROOM: Room = _Keras()
