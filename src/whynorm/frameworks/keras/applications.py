"""A network of `keras.applications` that refuses the size of the images which it is to be built for."""

from collections.abc import Sequence
from types import FrameType

from whynorm.facts import Call, Location, Open, Raised, Shape, Trial, Value, Verdict
from whynorm.facts.change import Change, Feed


def refused(frames: Sequence[FrameType], place: Location | None, raised: Raised) -> tuple[Call, Trial] | None:
    """The network, as a call on images of that size; None for any other error."""
    asks = next((number for number, one in enumerate(frames) if one.f_code.co_name == "obtain_input_shape"), None)
    if not asks:
        return None
    held = frames[asks].f_locals
    wanted, least = held.get("input_shape"), held.get("min_size")
    if (
        not isinstance(wanted, tuple | list)
        or len(wanted) != 3
        or not isinstance(least, int)
        or str(least) not in raised.message
    ):
        return None
    first = held.get("data_format") == "channels_first"
    shape = Shape(tuple(Open() if size is None else size for size in (None, *wanted)), 1 if first else 3)
    call = Call(
        frames[asks - 1].f_code.co_name,
        "other",
        "",
        inputs=(Value(1, shape, "float32"),),
        arguments={"min_size": least},
        location=place,
        built=place,
        raised=raised,
        channel_axis=shape.channel_axis,
    )

    def tried(changes: Sequence[Change]) -> Verdict:
        fed = changes[0].shape if len(changes) == 1 and isinstance(changes[0], Feed) else ()
        axes = [axis for axis in range(1, len(fed)) if axis != shape.channel_axis]
        return Verdict(all(isinstance(fed[axis], Open) or fed[axis] >= least for axis in axes) if fed else None)

    return call, tried
