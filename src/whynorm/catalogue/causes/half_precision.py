from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.judges.learning import rounded_away
from whynorm.catalogue.remedies.before_layer import before_layer
from whynorm.catalogue.remedies.momentum import usual_momentum
from whynorm.catalogue.remedies.number import set_number
from whynorm.facts import Case
from whynorm.facts.change import Relearn, Replace, Transform
from whynorm.facts.history import Broken, Logarithm
from whynorm.facts.measured import Precision
from whynorm.facts.spelling import has_tensor_methods

_IN_FLOAT32 = Remedy(
    "keep the norms in float32, the rest in 16 bits: they take 16-bit inputs as well", "layer", trial=(Relearn(),)
)
_IN_BFLOAT16 = Remedy(
    "bfloat16 in place of float16: it reaches as far as float32", "environment", when="the device has it"
)


@cause("half-precision")
def half_precision(case: Case) -> Because | None:
    """A 16-bit type overflows, or is not supported there.

    float16 ends at 65504, and 1e-8 is 0 in it. A variance is a square: values of a few hundred have one beyond that
    end. PyTorch's kernels compute it in 32 bits, but a norm that was converted as a whole keeps its *running* variance
    in 16, and there it becomes infinite. In training nothing shows, in inference everything is divided by infinity.

    ```python silent torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(2).half()
    for _ in range(50):
        assert norm((400 * torch.randn(64, 2)).half()).isfinite().all()
    assert norm.running_var.isinf().all()
    assert norm.eval()((400 * torch.randn(64, 2)).half()).abs().max() == 0
    ```

    ```python works torch
    import torch
    from torch import nn

    norm = nn.BatchNorm1d(2)
    for _ in range(50):
        norm((400 * torch.randn(64, 2)).half())
    assert norm.running_var.isfinite().all()
    assert norm.eval()((400 * torch.randn(64, 2)).half()).abs().max() > 1
    ```

    A norm written by hand in float16 overflows at once, where it squares. bfloat16 reaches as far as float32, with
    eight bits for the digits: 257 becomes 256.

    ## Remedies and their price

    * Norms in float32, the rest in 16 bits: a 16-bit input into a float32 norm is taken, and gives a 16-bit result.
    * bfloat16 in place of float16: no overflow, coarser numbers.
    * float32 on a device that has no 16-bit code for a layer: twice the memory.
    * In a norm of your own, `x.float()` before the mean and back after it.

    A larger `eps` helps against dividing by 0, never against overflow. A gradient scaler watches gradients and leaves
    the running statistics as they are.
    """
    lost = case.call.measured.precision if case.call.measured is not None else None
    if lost is not None:
        return _lost(case, lost)
    broken = case.call.history.broken if case.call.history is not None else None
    if broken is not None:
        return _overflown(case) if broken.overflown else None
    if case.call.history is not None:
        return _coarse(case)
    halves = [value.dtype for value in case.call.inputs if value.dtype in ("float16", "bfloat16")]
    if not halves:
        return None
    return Because(
        "possible",
        f"{case.call.name} gets {halves[0]}, which this device may not support here",
        at=case.call,
        remedies=(Remedy("use float32 there: model.float(), and inputs of float32", "model"),),
    )


def _before(case: Case, broken: Broken) -> Because:
    """What a norm got in 16 bits was infinite."""
    when = f"pass {broken.after}" if broken.after else "a pass"
    return Because(
        "likely",
        f"{broken.norm or case.call.name} gets float16, which ends at 65504: in {when} a layer before it gave more "
        "than that, though what was handed to the network and all weights are finite",
        at=case.call,
        remedies=(
            Remedy("give the data in units in which they vary by about 1", "data", "the network is yet to be trained"),
            _IN_BFLOAT16,
            Remedy("run what stands before it in float32: torch.autocast(..., enabled=False) around it", "model"),
        ),
        look_at="the largest magnitude of the data, and of what each layer before the norm gives",
        weight=1.5,
    )


def _overflown(case: Case) -> Because:
    """Running statistics in 16 bits that became infinite."""
    broken = case.call.history.broken if case.call.history is not None else None
    if broken is not None and broken.beyond is not None:
        return _infinite(broken.beyond)
    if broken is not None and broken.dtype != "float16":
        return _before(case, broken)
    if broken is not None and broken.largest is not None:
        return _beyond(case, broken, broken.largest)
    return Because(
        "certain",
        "its running statistics are of float16, which ends at 65504, and a variance is a square",
        at=case.call,
        remedies=(
            _IN_FLOAT32,
            _IN_BFLOAT16,
        ),
        experiment="learnt anew in float32 from the batches that were looked at, the statistics are finite",
        weight=1.5,
    )


def _infinite(constant: Logarithm) -> Because:
    """A constant that is infinite in 16 bits."""
    edit = Replace(constant.location, constant.written, constant.guarded)
    return Because(
        "likely",
        f"{constant.written} is infinite in float16, which ends at 65504: multiplied by 0, or taken from itself, it "
        "gives NaN",
        origin=constant.location,
        remedies=(
            Remedy(f"a constant that float16 holds: {constant.guarded}", "model", edits=(edit,)),
            _IN_BFLOAT16,
        ),
        weight=2.0,
    )


def _beyond(case: Case, broken: Broken, largest: float) -> Because:
    """Statistics that a layer takes in float16."""
    policy = broken.policy
    coarser = _IN_BFLOAT16
    if policy is not None:
        coarser = _IN_BFLOAT16._replace(edits=(Replace(policy.location, policy.written, policy.guarded),))
    if broken.inner:
        return Because(
            "certain" if largest > 65504 else "likely",
            f"the layers before it compute in float16, which ends at 65504: the largest value handed over is "
            f"{largest:.3g}",
            at=case.call,
            remedies=(
                coarser,
                Remedy(
                    "give the data in units in which they vary by about 1", "data", "the network is yet to be trained"
                ),
            ),
            weight=1.5 if largest > 65504 else 1.0,
        )
    beyond = largest > 65504
    what = f"values of up to {largest:.3g} come in" if beyond else f"the largest value handed to it is {largest:.3g}"
    remedy = set_number(case, case.call, "compute this norm in float32: dtype='float32'", "dtype", None, "float32")
    return Because(
        "certain" if beyond else "likely",
        f"it computes in float16, which ends at 65504: {what}",
        at=case.call,
        remedies=(
            remedy,
            Remedy("give the data in units in which they vary by about 1", "data", "the network is yet to be trained"),
            coarser,
        ),
        weight=1.5 if beyond else 1.0,
    )


def _coarse(case: Case) -> Because | None:
    """Running statistics in 16 bits that stay where they are."""
    found, call = rounded_away(case.call), case.call
    statistics = call.history.statistics if call.history is not None else None
    if found is None or statistics is None:
        return None
    return Because(
        "certain",
        f"its running statistics are of {statistics.dtype}, whose steps are larger than what a batch adds",
        at=call,
        remedies=(
            _IN_FLOAT32,
            usual_momentum(case)._replace(when="statistics that scatter more will do"),
        ),
        experiment="learnt anew in float32 from the batches that were looked at, it is that of the batches",
        weight=2.5,
    )


def _lost(case: Case, lost: Precision) -> Because:
    """The norm ran in 16 bits, and again in 32 on the same values."""
    call = case.call
    gone = lost.eps is not None and lost.eps > 0 and lost.eps_there == 0
    ends = 65504 if lost.dtype == "float16" else None
    if gone and (ends is None or lost.largest**2 < ends):
        said = f"eps = {lost.eps:.0e} is 0 in {lost.dtype}: where nothing varies it divides by 0"
    elif ends is not None and lost.largest**2 >= ends:
        said = f"values of up to {lost.largest:.3g} come in: squared they are beyond {ends}, where {lost.dtype} ends"
    else:
        said = f"sums over so many values leave what {lost.dtype} can hold"
    edits = before_layer(call, "{}.float()", None, after=f"{{}}.to(torch.{lost.dtype})")
    trial = () if call.path is None else (Transform("to", ("float32",), path=call.path, back=True),)
    wider = Remedy(f"give it float32, and convert what it gives back to {lost.dtype}", "call", trial=trial, edits=edits)
    if not has_tensor_methods(case.framework):
        wider = set_number(case, call, "compute this norm in float32: dtype='float32'", "dtype", None, "float32")
    remedies = [wider, _IN_BFLOAT16]
    if gone:
        remedies.insert(1, Remedy(f"an eps that {lost.dtype} holds: 1e-5", "layer"))
    return Because(
        "certain",
        said,
        at=call,
        remedies=tuple(remedies if lost.dtype == "float16" else remedies[:-1]),
        experiment=f"the same values through the same layer in float32: {lost.nonfinite} of {lost.of} values are not "
        f"finite in {lost.dtype} only, {lost.constant} are 0 there only",
        weight=1.0,
    )


@half_precision.in_text
def _(case: Case) -> Because | None:
    told = case.told
    if told.symptom == "unsupported-type":
        dtype = told.words.get("dtype", "").lower()
        half = any(word in told.message for word in ("half", "float16", "bfloat16", "fp16"))
        if not half:
            return None
        kernel = "not implemented" in told.message
        return Because(
            "likely" if kernel else "possible",
            f"{dtype or '16-bit numbers'} are not supported there" if kernel else "16-bit numbers meet 32-bit ones",
            remedies=(
                Remedy(
                    "use float32 on the CPU: model.float(), or torch_dtype=torch.float32; it takes twice the memory",
                    "call",
                ),
                Remedy("run it on a GPU", "environment"),
            ),
            look_at="print(next(model.parameters()).dtype, x.dtype, x.device)",
            weight=0.6 if kernel else 0.3,
        )
    if told.symptom == "nonfinite-statistics":
        return Because(
            "possible",
            "a 16-bit type overflows above 65504",
            remedies=(Remedy("train in bfloat16, or keep the norm in float32", "layer"),),
            weight=0.4,
        )
    return None
