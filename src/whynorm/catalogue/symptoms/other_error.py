from whynorm.catalogue import Shown, symptom
from whynorm.catalogue.wording import first_line, in_its_words
from whynorm.facts import Call


@symptom("other-error", causes=())
def other_error(call: Call) -> Shown | None:
    """The forward raises for a reason that no other name covers: told in the framework's words, without causes.

    `check` names it where it followed a network and a call failed that has nothing to do with norms, sizes or types: an
    error that the program raises itself, a missing attribute, an index out of range. What is said is the framework's
    own message, with the layer and the shapes at the call; no cause is guessed. `why` and `run` leave such errors
    alone.

    ```python fails torch
    from torch import nn


    class Encoder(nn.Module):
        def forward(self, x):
            raise KeyError("stage5")


    model = Encoder()
    inputs = [(1, 3, 8, 8)]
    ```
    """
    return in_its_words(call, first_line(call.raised.message)) if call.raised else None
