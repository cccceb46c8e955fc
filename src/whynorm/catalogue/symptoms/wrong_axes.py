from whynorm.catalogue import Shown, symptom
from whynorm.facts import Call


@symptom("wrong-axes", causes=())
def wrong_axes(call: Call) -> Shown | None:
    """It runs, but averages over, or keeps, other axes than meant.

    ## What shows

    Nothing raises, since the sizes happen to fit: a `LayerNorm(64)` on maps 64 wide, a `BatchNorm1d(20)` on series
    of 20 steps with 20 features. The statistics are then taken over the wrong axes. Compare the picture of the
    reading with what is meant:

    * one statistic for each sample and channel: instance norm;
    * one for each channel, over the batch: batch norm;
    * one for each sample, or position: layer norm.

    `whynorm check` draws it for your own shape.
    """
    return None
