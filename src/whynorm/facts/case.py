"""Everything that is known of one failure: what the causes look at."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from whynorm.facts.call import Call
from whynorm.facts.change import Change, Edit, Feed
from whynorm.facts.error import Frame, Raised
from whynorm.facts.told import Told
from whynorm.facts.trace import Trace


class Verdict(NamedTuple):
    """How a trial ended."""

    passed: bool | None
    """True: the failing call and the whole forward pass went through; False: not; None: it could not be tried."""
    outputs: tuple[tuple[int, ...], ...] = ()
    """The shapes that the root gave."""
    raised: Raised | None = None
    faults: tuple[tuple[str | None, Raised], ...] = ()
    """The calls that raised: their paths, and what they raised."""
    call: Call | None = None
    """The case's call with the changes, where what it gets was measured or learnt anew: for the symptom to judge."""


Trial = Callable[[Sequence[Change]], Verdict]


class Fitting(NamedTuple):
    """Sizes that the root takes in the place of those of one of its inputs; inputs that share these change alike.

    Each is None where there is none within reach.
    """

    rule: str
    """All sizes that it takes, in words: `H and W each a multiple of 16`."""
    larger: tuple[Feed, ...] | None
    """The nearest that are not below those that it got."""
    smaller: tuple[Feed, ...] | None
    """The nearest that are not above."""
    padded: tuple[Feed, ...] | None
    """As `larger`, and an output has these sizes too."""
    cropped: tuple[Feed, ...] | None
    """As `smaller`, and an output has these sizes too."""


Configured = Callable[[object, object], Edit | None]
"""Builds the network again with one value in place of another, wherever it stands in its configuration."""

Fits = Callable[[int | str], Fitting | None]
"""Asks for the sizes of the input at a position or keyword; None where they could not be followed."""


class Case:
    """One call that fails or is silently wrong, with all that is known around it.

    A live case has a `trace` and a `trial`; one from a pasted text has `frames`. `told` is what the text says, and of a
    live case the symptom alone.

    `hints` say what else is known, each only where it is:

    * `called`: the `Location` of the user's line that calls the root, and `callee`: how it is named there (`model`);
    * `origins`: by the root's input (its number or keyword), the `Origin`: the way on which the program made it;
      `Origin.location` is the line to name;
    * `spoken`: what kind of thing is handed over to the root, as `Spoken`;
    * `loader`: `{"samples": 33, "batch_size": 8, "drop_last": False, "location": Location}` of the loader that
      the batch came from; where it is known, the `step` of a pass (from 1) that has a single sample, the `epoch` under
      way, the `shares` of its workers, and over how many `replicas` a sampler splits the data; where a loop of the
      program cuts them itself, the source text of where it has to `stop`;
    * `ahead`: `{"epoch": 1, "step": 5}` of a batch that is still to come, with which the pass was followed;
    * `flattens`: the one place where the program reshapes to rows of as many features as there are: its `Location`, the
      call, the function and the variable in it, as they are written;
    * `shapeless`: the `Location` of the step of a data pipeline behind which no shape is known, and `unshaped`: what is
      known of them otherwise, as `Unshaped`;
    * `grad`: False where gradients were switched off around the pass;
    * `constructing`: the class whose constructor runs the pass;
    * `replicas`: over how many devices or processes the batch was split;
    * `given`: where a library's network could not be built, by the failing layer's setting the network's name and the
      argument through which the number came, and `absent`: the names of all arguments that it was not given;
    * `handed`: the keyword by which the root's first input is handed over, where it is not the call's first argument;
    * `method`: which method of a trainer handed over the batch (`fit`);
    * `argument`: what the program writes where it hands data to a trainer, and `adapted`: the `Location` of the line on
      which a layer learnt its statistics from data beforehand;
    * `really`: by the paths of the program's own layers whose symbolic call forgets sizes, the shapes that they give;
    * `declared`: by the root's input (its number), the `Location` of the `Input` of a Keras model that is being built;
    * `learnt`: of a layer that was adapted to data before, the `Learnt`;
    * `missing`: the `Missing` layer of a file that is loaded;
    * `differences`: where weights are loaded, each `Difference` between them and the network;
    * `converted`: of the one call of the program that makes batch norms synchronised its `Location`, its text, and the
      text of what it is given;
    * `mode`: the argument of the root's call that says its mode, where that is not the root's own; None: it has none;
    * `overwritten`: `{"buffers": ("running_var",), "version": 4, "expected": 2}` of the layer's buffers that a backward
      pass found changed, with the lines that write into them (`written`), and `parallel`, whether a network is spread
      over processes;
    * `network`: of a library's network that raised, and that the program builds from plain values, its `path`, `type`,
      `built`, its `arguments` by name, and the `order` of its constructor's parameters;
    * `uninitialized`: how many lazy layers of the network have no parameters yet, where one was used before that;
    * `trained`: the paths of the layers that have been trained with what they got before;
    * `spot`: of a program of Keras the `Spot`, its innermost call of a layer;
    * `borders`: each `Border` of the slice that left nothing of an input, where it may count something else;
    * `cut`: the `Cut` that made the pieces of which the call gets one at a time;
    * `half_trained`: True where the root is in inference mode and the layer in training mode, or the reverse.
    """

    def __init__(
        self,
        call: Call,
        *,
        framework: str | None,
        version: str | None = None,
        trace: Trace | None = None,
        frames: Sequence[Frame] = (),
        hints: Mapping[str, object] | None = None,
        trial: Trial | None = None,
        fits: Fits | None = None,
        configured: Configured | None = None,
        told: Told | None = None,
    ) -> None:
        self.call = call
        self.framework = framework
        self.version = version
        self.trace = trace if trace is not None else Trace()
        self.frames = tuple(frames)
        self.hints: Mapping[str, object] = hints or {}
        self.told = told if told is not None else Told()
        self._trial = trial
        self._tried: dict[str, Verdict] = {}
        self._fits = fits
        self._configured = configured
        self._fitting: dict[int | str, Fitting | None] = {}

    @property
    def live(self) -> bool:
        """Whether the shapes were followed, and not only read about."""
        return bool(self.trace.calls)

    def try_out(self, changes: Sequence[Change]) -> Verdict:
        """Run the failing call and the whole forward pass again with these changes, on abstract tensors.

        The same changes are tried once, however many ask. A fault elsewhere that is there without the changes as well
        does not count against them.
        """
        if self._trial is None or not changes:
            return Verdict(None)
        key = repr(tuple(changes))
        if key not in self._tried:
            verdict = self._trial(changes)
            self._tried[key] = verdict._replace(passed=True) if self._are_others(verdict) else verdict
        return self._tried[key]

    def fitting(self, place: int | str) -> Fitting | None:
        """Which sizes the root takes instead of those of the input at this position or keyword, exactly.

        None where the network could not be followed so, or not in time. Asked once, however many ask.
        """
        if self._fits is None:
            return None
        if place not in self._fitting:
            self._fitting[place] = self._fits(place)
        return self._fitting[place]

    def configured(self, was: object, value: object) -> Edit | None:
        """The edit that has the program build its network with one value of its configuration in place of another.

        None where it is not known what the network is built with, or where not just one place will do.
        """
        return self._configured(was, value) if self._configured is not None else None

    def _are_others(self, verdict: Verdict) -> bool:
        """Whether all that a trial met are other faults, which were met without the changes too."""
        others = {
            (call.path, call.raised)
            for call in self.trace.calls
            if call.raised is not None and call is not self.call and call.path != self.call.path
        }
        return verdict.passed is False and bool(verdict.faults) and others.issuperset(verdict.faults)
