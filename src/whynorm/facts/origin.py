"""Where the program made a tensor what it is: read from the source, from the call of the model backwards."""

from typing import Literal, NamedTuple

from whynorm.facts.place import Location

Kind = Literal[
    "made", "read", "converted", "indexed", "squeezed", "added", "moved", "reshaped", "stacked", "cast", "passed",
    "picked", "cropped", "resized", "mixed", "floored", "split",
    "clipped",
]  # fmt: skip
"""What a step does to a tensor's axes. `made`: out of nothing (`torch.randn`); `read`: from a file; `converted`: from
another kind of array (`torch.from_numpy`); `indexed`, `squeezed`: an axis is dropped; `added`: an axis is added;
`moved`: axes change places; `reshaped`: sizes are regrouped; `stacked`: samples become a batch (`torch.stack`, a
loader); `cast`: to another type of numbers; `passed`: handed on as it is; `picked`: rows are chosen
by their values, with a mask; `cropped`: a part is cut out whose borders are variables; `resized`: to a size that is
given, whatever it was; `mixed`: axes are cut up, or summed over (`unfold`, a product of matrices);
`floored`: divided by `//`, which leaves whole numbers; `clipped`: cut to a least and a largest value;
`split`: one of several parts of a batch is taken."""


class OriginStep(NamedTuple):
    """One expression on a tensor's way to the model."""

    location: Location
    expression: str
    """Its source text, as it stands on the line."""
    kind: Kind
    stacked: int = 0
    """How many axes are put in front of the tensor between here and the model, by stacking samples into batches."""
    array: Literal["tensor", "numpy", "image"] | None = None
    """What the expression gives, where that is known: `image` is one of PIL's."""


class Origin(NamedTuple):
    """A tensor's way to the model, nearest step first: the last is where it comes from."""

    steps: tuple[OriginStep, ...]

    def place(self, operation: str) -> OriginStep:
        """The step at which this operation (`permute`, `unsqueeze`, `squeeze` …) went missing, or was one too many."""
        wrong = {"unsqueeze": self.dropped, "squeeze": self.added, "to": self.cast}.get(operation)
        return wrong or self.ordered

    @property
    def location(self) -> Location:
        """The line of `ordered`."""
        return self.ordered.location

    @property
    def ordered(self) -> OriginStep:
        """The step at which the order of its axes came to be: where they were last moved, else the conversion to a
        tensor, since they were last mixed, else where it was made or read."""
        mixed = next((number for number, step in enumerate(self.steps) if step.kind == "mixed"), len(self.steps) - 1)
        since = self.steps[: mixed + 1]
        for kind in ("moved", "converted"):
            for step in since:
                if step.kind == kind:
                    return step
        return since[-1]

    @property
    def dropped(self) -> OriginStep | None:
        """The step nearest to the model that drops an axis."""
        return next((step for step in self.steps if step.kind in ("indexed", "squeezed")), None)

    @property
    def cast(self) -> OriginStep | None:
        """The step nearest to the model that casts to another type of numbers."""
        return next((step for step in self.steps if step.kind == "cast"), None)

    @property
    def added(self) -> OriginStep | None:
        """The step nearest to the model that adds an axis."""
        return next((step for step in self.steps if step.kind == "added"), None)
