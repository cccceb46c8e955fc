"""The calls of one forward pass in their order, and who fed whom."""

from collections.abc import Iterator, Sequence

from whynorm.facts.call import Call, Value


class Trace:
    """The calls of one forward pass.

    `inputs` are the tensors handed to the root, and `places` the position or keyword of each; `calls` stand in the
    order in which they were made, with the failing one last if the pass raised.
    """

    def __init__(
        self, inputs: Sequence[Value] = (), calls: Sequence[Call] = (), places: Sequence[int | str] | None = None
    ) -> None:
        self.inputs = tuple(inputs)
        self.places = tuple(range(len(self.inputs)) if places is None else places)
        self.calls = tuple(calls)
        self._producers: dict[int, int] | None = None

    def index(self, call: Call) -> int:
        """The position of this very call."""
        return next(number for number, other in enumerate(self.calls) if other is call)

    def producer(self, value: Value, before: int | None = None) -> Call | None:
        """The call that made this value, None for an input of the root."""
        if self._producers is None:
            self._producers = {}
            for number, call in enumerate(self.calls):
                for output in call.outputs:
                    self._producers.setdefault(output.id, number)
        made = self._producers.get(value.id)
        if made is None or (before is not None and made >= before):
            return None
        return self.calls[made]

    def upstream(self, call: Call, branch: int = 0) -> Iterator[Call]:
        """The calls that led to this one, nearest first, along its input number `branch` and then each first input."""
        values = call.inputs[branch : branch + 1]
        seen: set[int] = set()
        while values and values[0].id not in seen:
            seen.add(values[0].id)
            made = self.producer(values[0])
            if made is None:
                return
            yield made
            values = made.inputs[:1]
