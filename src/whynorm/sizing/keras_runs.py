"""A network of Keras asked at sizes: by its room, which follows it without computing anything."""

from typing import Any

from whynorm.frameworks.keras.follow import framework
from whynorm.frameworks.room import Room
from whynorm.sizing.path import Path, Ran, Sizes
from whynorm.sizing.question import Question


class KerasRunner:
    """One model, in one mode, with one question. It is tried, for no backend tells its decisions on sizes."""

    guess: bool | None = None

    def __init__(self, room: Room, model: Any, question: Question, training: bool | None) -> None:
        self.room = room
        self.model = model
        self.question = question
        self.training = training
        self.framework = framework()

    @property
    def mode(self) -> str | None:
        """The mode asked for; without one, inference, as Keras has it."""
        return "training" if self.training else "inference"

    def otherwise(self) -> None:
        """The other mode is not tried as well: that would take as long again."""
        return None

    def run(self, sizes: Sizes) -> Ran:
        """What Keras says at these sizes."""
        followed = self.room.follow(self.model, *self.question.filled(sizes), self.training)
        calls = followed.trace.calls
        events = tuple((call.type, tuple(value.shape for value in call.outputs)) for call in calls if call.outputs)
        if followed.outcome == "unknown":
            return Ran(None, len(calls), events, unknown=followed.unknown)
        return Ran(followed.outcome == "completes", len(calls), events)

    def follow(self, sizes: Sizes, *, guess: bool = False) -> Path | None:
        """There are no symbols to follow."""
        return None
