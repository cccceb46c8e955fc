import ast
import math
import re
from collections.abc import Iterator

from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.program import origin_of
from whynorm.catalogue.remedies.layer import become, leave_out
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, sizes, source
from whynorm.catalogue.symptoms.constant_input import hardly
from whynorm.facts import Case, Location, OriginStep
from whynorm.facts.change import Change, Edit, Replace, Vary
from whynorm.facts.measured import Columns, Variation
from whynorm.facts.spelling import one_group


@cause("no-variation")
def no_variation(case: Case) -> Because | None:
    """The data do not vary there: a constant series, a dead channel, a blank image.

    A norm divides by the deviation. Where nothing varies that is 0, and `eps` stands in for it: the result is the
    constant 0, and noise of the size of rounding is amplified. Slices of a scan outside the body, masks that are empty,
    sensors that were off, channels behind a ReLU that never opens, all do it.

    ```python silent torch
    import torch
    from torch import nn

    series = torch.full((1, 1, 50), 3.0)
    mean, deviation = series.mean(-1, keepdim=True), series.std(-1, keepdim=True)
    guarded = torch.where(deviation < 1e-6, 1.0, deviation)
    scaled = (series - mean) / guarded
    forecast = scaled + 0.5
    assert (forecast * guarded + mean).mean() == 3.5
    assert (forecast * deviation + mean).mean() == 3.0
    ```

    The last line is the slip: the way there used the guarded deviation, the way back the raw one, so that every
    forecast of a constant series collapses to its mean.

    ```python works torch
    import torch
    from torch import nn

    images = torch.rand(6, 1, 8, 8)
    images[2] = 0.5
    varied = images.flatten(1).std(1) > 1e-6
    result = nn.InstanceNorm2d(1)(images[varied])
    assert varied.tolist() == [True, True, False, True, True, True]
    ```

    ## Remedies and their price

    * Leave such samples out, or draw patches so that something is in them; the network then has never seen a blank.
    * Statistics over more: a batch norm or group norm, where one flat channel or image does not stand alone.
    * For a dead channel look before the norm: its weights, the bias, a rate of learning that was too large.
    * In norms of your own, one guarded deviation for both ways.
    """
    measured = case.call.measured
    if measured is not None and measured.columns is not None and measured.columns.flat:
        return _adapted_to(case, measured.columns)
    varied = measured.variation if measured is not None else None
    if varied is None:
        return None
    if hardly(varied):
        return _small(case, varied)
    if varied.handed == 0:
        return _flat_data(case, varied)
    if varied.erased:
        return _erased(case, varied)
    return _within(case, varied)


def _adapted_to(case: Case, table: Columns) -> Because:
    """A layer that learnt its variance from data which are not like those that it gets."""
    place = case.hints.get("adapted")
    edits: tuple[Edit, ...] = ()
    known = place if isinstance(place, Location) else None
    if known is not None and table.part is not None:
        edits = (Replace(known, *table.part),)
    return Because(
        "certain",
        "their variance is 0 in the data that it was adapted to, and not in those that it gets",
        at=case.call if known is None else None,
        origin=known,
        remedies=(Remedy("adapt it to all of the training data", "data", edits=edits),),
        weight=1.5,
    )


def _small(case: Case, varied: Variation) -> Because:
    """The data are given in units in which they hardly vary."""
    call = case.call
    fitting = 10.0 ** math.floor(math.log10(varied.deviation**2) - 3)
    factor = 10.0 ** round(-math.log10(varied.handed or varied.deviation))
    remedies = (
        Remedy(
            f"give the data in units in which they vary by about 1: multiply them by {factor:.0e}",
            "data",
            when="the network is yet to be trained",
        ),
        set_number(
            case,
            call,
            f"a smaller eps: {call.type}(…, eps={fitting:.0e})",
            "eps",
            None,
            fitting,
            when="the data must keep their units",
        ),
    )
    return Because(
        "certain",
        f"the data vary by {varied.handed:.2g} in all, and {call.name} takes what is below the root of its eps, "
        f"{varied.eps**0.5:.2g}, for noise",
        at=call,
        remedies=remedies[::-1],
        experiment=f"median deviation of the values of one statistic: {varied.deviation:.2g}, eps {varied.eps:.0e}",
    )


_FILLED = re.compile(r"\b(?:ones|zeros|full|empty)(?:_like)?\(")


def _flat_data(case: Case, varied: Variation) -> Because | None:
    """What is handed to the model is one and the same value everywhere, and the program does not fill it so itself."""
    found = source(case)
    origin = origin_of(case, found) if found is not None else None
    if origin is None or _FILLED.search(origin.steps[-1].expression):
        return None
    assert found is not None
    varied_input = (Vary(found.number),)
    step, written, remedies = next(_rounded(origin.steps, varied_input), (None, "", ()))
    shape = sizes(found.value.shape)
    made = f": {written} makes it so" if step is not None else ""
    calls = "in this call and in those before it" if varied.repeated else "in this call"
    return Because(
        "certain",
        f"the input {shape} holds one and the same value everywhere{made}",
        origin=step.location if step is not None else origin.location,
        remedies=remedies
        or (Remedy("look at the data as they are read, and leave blank samples out", "data", None, varied_input),),
        look_at="print(x.min(), x.max()) where the data are read, and behind each step of their preparation",
        experiment=f"minimum and maximum of the input are the same {calls}",
        weight=1.0,
    )


_WHOLE = re.compile(r"\.(?:byte|int|long|short)\(\)|astype\((?:np\.|numpy\.)?['\"]?u?int|\.round\(")


def _rounded(
    steps: tuple[OriginStep, ...], trial: tuple[Change, ...]
) -> Iterator[tuple[OriginStep, str, tuple[Remedy, ...]]]:
    """The steps that make whole numbers of the data: the expression, and what to write instead."""
    for step in steps:
        if step.kind == "floored":
            divided = step.expression
            edits: tuple[Edit, ...] = (Replace(step.location, divided, divided.replace("//", "/")),)
            yield step, divided, (Remedy("divide by / and not by //", "data", None, trial, edits),)
        if step.kind == "clipped":
            uncut = _uncut(step.expression)
            edits = (Replace(step.location, step.expression, uncut),) if uncut is not None else ()
            title = "give the data in the units that it is cut to, or do not cut them"
            yield step, step.expression, (Remedy(title, "data", None, trial, edits),)
        if _WHOLE.search(step.expression):
            yield (
                step,
                step.expression,
                (Remedy("keep fractions: scale the data as floating numbers", "data", None, trial),),
            )


def _uncut(written: str) -> str | None:
    """What `numpy.clip(x, 0, 1)`, or `x.clip(0, 1)`, is given."""
    node = ast.parse(written, mode="eval").body
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    numbers = [one for one in node.args if isinstance(one, ast.Constant | ast.UnaryOp)]
    given = node.func.value if len(numbers) == len(node.args) else node.args[0]
    return ast.unparse(given)


def _erased(case: Case, varied: Variation) -> Because:
    """A channel tells samples apart by its level, and each sample's level is subtracted."""
    call, shape = case.call, case.call.shape or ()
    joined = next((step for step in case.trace.upstream(call) if step.role == "join"), None)
    axis = call.reading.channel_axis if call.reading is not None and call.reading.channel_axis is not None else 1
    kind, arguments = one_group(case.framework, len(shape), axis, shape[axis])
    written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    remedies = [
        become(
            case,
            call,
            f"use {kind}({written}): it averages over the channels as well, whose levels then stay apart",
            kind,
            arguments,
            when="the levels are to count; that is another function",
        )
    ]
    if varied.constant == varied.statistics:
        remedies.insert(0, leave_out(case, call, f"leave {call.name} out there: it gives 0 for every input"))
    if joined is not None:
        remedies.append(Remedy(f"normalise before the channels are joined at {at(joined)}, not behind", "model"))
    return Because(
        "certain",
        "the value is the same at every position of a sample, and each sample's mean is subtracted: what tells the "
        "samples apart there is lost",
        at=joined or call,
        remedies=tuple(remedies),
        experiment=f"in each of the {shape[0]} samples minimum and maximum over the positions are the same",
        weight=1.0,
    )


def _within(case: Case, varied: Variation) -> Because:
    """Something inside of the network gives a constant."""
    call = case.call
    lost = case.hints.get("constant_from")
    made = next((one for one in case.trace.calls if one.path == lost), None) if isinstance(lost, str) else None
    where = (
        f"{at(made)} gives a constant from an input that varies"
        if made is not None
        else (f"what reaches {call.name} is the same at every position, though the input varies")
    )
    share = f"{varied.constant} of {varied.statistics} statistics are over equal values"
    return Because(
        "certain" if made is not None else "likely",
        where,
        at=made or call,
        steps=() if made is None else (made,),
        remedies=(leave_out(case, call, f"leave {call.name} out", when="nothing is to be normalised there"),)
        if varied.constant == varied.statistics
        else (),
        look_at=None if made is None else "its weights, its bias, and the rate of learning",
        experiment=share,
        weight=0.5,
    )
