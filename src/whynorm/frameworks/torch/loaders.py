"""The data loader that a batch came from: its facts, and the line that builds it."""

import ast
import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from torch.utils.data import BatchSampler, DataLoader, IterableDataset
from torch.utils.data.dataloader import _BaseDataLoaderIter

from whynorm.frameworks.torch import epochs, places
from whynorm.frameworks.torch.epochs import Loader
from whynorm.frameworks.torch.steps import ModuleCall, Step, locals_of, value_in
from whynorm.frameworks.torch.twins import tensors_in
from whynorm.source.files import Source, read
from whynorm.source.running import last_name

_HOLDERS = ("dataloader", "base_dataloader", "_combined_loader", "_flattened", "_data_fetcher")
"""Attributes under which loops of training frameworks hold their loaders."""


def of_call(root: ModuleCall, above: Sequence[Step], origins: object) -> Mapping[str, object] | None:
    """What is known of the loader that a root's batch came from (`Case.hints`); `above` are the frames around."""
    loader = loader_of(root, above)
    return _running(root, origins) if loader is None else described(loader, above)


def loader_of(root: ModuleCall, above: Sequence[Step]) -> Loader | None:
    """The loader that the batch came from: of the loop around the call, else the only one that fits."""
    sizes = {tensor.shape[0] for tensor in tensors_in((root.args, root.kwargs)) if tensor.ndim}
    held: dict[int, Loader] = {}
    for step in reversed(above):
        looped = [loader for loader in _looped(step) if _fits(loader, sizes)]
        if looped:
            return looped[0]
        for value in list(locals_of(step.frame).values()):
            held.update((id(loader), loader) for loader in _loaders_in(value) if _fits(loader, sizes))
    for fitting in ([loader for loader in epochs.under_way() if _fits(loader, sizes)], list(held.values())):
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _running(root: ModuleCall, origins: object) -> Mapping[str, object] | None:
    """The loader that a loop made for itself (`for x in make_loader()`): no name holds it, but its passes live.

    Where the source leads from the model's input to a loader, and just one pass over one is under way.
    """
    ways = origins.values() if isinstance(origins, Mapping) else ()
    made = [step for way in ways for step in way.steps if step.kind == "stacked" and "DataLoader(" in step.expression]
    if not made:
        return None
    sizes = {tensor.shape[0] for tensor in tensors_in((root.args, root.kwargs)) if tensor.ndim}
    found = []
    for one in gc.get_objects():
        if not issubclass(type(one), _BaseDataLoaderIter):  # not isinstance: it runs the code of objects that are lazy
            continue
        batches = getattr(one, "_index_sampler", None)
        if isinstance(batches, BatchSampler) and hasattr(batches.sampler, "__len__"):
            count, size = len(batches.sampler), batches.batch_size
            if sizes & {size, count % size}:
                found.append({"samples": count, "batch_size": size, "drop_last": batches.drop_last})
    return {**found[0], "location": made[0].location} if len(found) == 1 else None


def _fits(loader: Loader, sizes: set[int]) -> bool:
    """Whether the loader gives batches of such a size."""
    known = _sized(loader)
    size = batch_size(loader)
    return known is not None and size is not None and bool(sizes & {size, known % size})


def batch_size(loader: Loader) -> int | None:
    """How many samples its batches have; None where it makes none."""
    size = loader.batch_size or getattr(loader.batch_sampler, "batch_size", None)
    return size if isinstance(size, int) and size > 0 else None


def _looped(step: Step) -> Iterator[Loader]:
    """The loaders that the loops around a frame's line run over, innermost first."""
    source = read(step.file)
    if source is None:
        return
    loops = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.For) and node.lineno <= step.line <= (node.end_lineno or node.lineno)
    ]
    for loop in sorted(loops, key=lambda node: -node.lineno):
        for node in ast.walk(loop.iter):
            if isinstance(node, ast.Name | ast.Attribute):
                yield from _loaders_in(value_in(node, step))


def _loaders_in(value: object) -> Iterator[Loader]:
    if isinstance(value, DataLoader):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in list(value.values()) if isinstance(one, DataLoader))
    elif isinstance(value, list | tuple) and len(value) < 20:
        yield from (one for one in value if isinstance(one, DataLoader))
    elif type(value).__module__.startswith(("lightning.", "pytorch_lightning.", "accelerate.", "transformers.")):
        for name in _HOLDERS:
            inner = getattr(value, "__dict__", {}).get(name)
            if inner is not None:
                yield from _loaders_in(inner)


def _sized(loader: Loader) -> int | None:
    """How many samples a pass over the loader has (this replica's share), None where it does not say."""
    plain = type(loader.batch_sampler) is BatchSampler
    sampler = loader.batch_sampler.sampler if plain and loader.batch_sampler is not None else loader.sampler
    counted = sampler if hasattr(sampler, "__len__") else loader.dataset
    try:
        return len(counted)
    except (TypeError, NotImplementedError):
        return None


def single(loader: Loader) -> int | None:
    """The step of a pass, counted from 1, whose batch is the only one of a single sample; None where none is so."""
    size, samples = batch_size(loader), _sized(loader)
    if isinstance(loader.batch_sampler, list | tuple):
        counts = [len(batch) for batch in loader.batch_sampler]
        return counts.index(1) + 1 if counts.count(1) == 1 and len(counts) > 1 else None
    known = loader.batch_sampler is None or type(loader.batch_sampler) is BatchSampler
    if size is None or size < 2 or samples is None or _drops(loader) or not known:
        return None
    shares = _shares(loader, samples) or (samples,)
    steps = [share // size * len(shares) + number + 1 for number, share in enumerate(shares) if share % size == 1]
    return steps[0] if steps else None


def _drops(loader: Loader) -> bool:
    """Whether an incomplete last batch is left out."""
    return bool(loader.drop_last or getattr(loader.batch_sampler, "drop_last", False))


def _shares(loader: Loader, samples: int) -> tuple[int, ...]:
    """How many samples each worker makes its own batches of, where the data set is a stream that they share."""
    workers: int = loader.num_workers
    if not isinstance(loader.dataset, IterableDataset) or workers < 2:
        return ()
    written = getattr(type(loader.dataset).__iter__, "__code__", None)
    names = set() if written is None else {*written.co_names, *written.co_freevars}
    if "get_worker_info" not in names and loader.worker_init_fn is None:
        return (samples,) * workers
    if "ceil" in names:
        each = -(-samples // workers)
        return tuple(max(0, min(each, samples - each * number)) for number in range(workers))
    return tuple(samples // workers + (number < samples % workers) for number in range(workers))


def described(loader: Loader, above: Sequence[Step]) -> Mapping[str, object]:
    """The facts of a loader: see `Case.hints`."""
    samples, seen = _sized(loader), epochs.of(loader)
    facts: dict[str, object] = {
        "samples": samples,
        "batch_size": batch_size(loader),
        "drop_last": _drops(loader),
        "step": single(loader),
        **_made_at(loader, above),
    }
    shares = _shares(loader, samples) if samples is not None else ()
    if shares:
        facts["shares"] = shares
    replicas = getattr(loader.sampler, "num_replicas", None)
    if isinstance(replicas, int) and replicas > 1:
        facts["replicas"] = replicas
    if seen is not None:
        facts["epoch"] = seen.begun
    return facts


class _Setting(NamedTuple):
    """Where the program says whether an incomplete last batch is kept."""

    callees: frozenset[str]
    keyword: str = "drop_last"
    position: int | None = None


def _setting(loader: Loader, above: Sequence[Step]) -> _Setting:
    if any(type(step.owner).__name__ == "Trainer" and _is_of(step.owner, "transformers.") for step in above):
        return _Setting(frozenset(("TrainingArguments", "Seq2SeqTrainingArguments")), "dataloader_drop_last")
    if loader.batch_size is None and type(loader.batch_sampler) is BatchSampler:
        return _Setting(frozenset(("BatchSampler",)), position=2)
    return _Setting(frozenset(("DataLoader", type(loader).__name__)))


def _is_of(value: object, package: str) -> bool:
    return any(kind.__module__.startswith(package) for kind in type(value).__mro__)


def _made_at(loader: Loader, above: Sequence[Step]) -> Mapping[str, object]:
    """The one line in the program's own files that can have built this loader, and how it is told to drop a batch."""
    files = list(dict.fromkeys(step.file for step in reversed(above) if places.owner(step.file) == "user"))
    files += [file for file in places.user_files() if file not in files]
    setting = _setting(loader, above)
    for file in files:
        source = read(file)
        calls = [] if source is None else [call for call in source.calls if last_name(call) in setting.callees]
        fitting = [call for call in calls if setting.keyword != "drop_last" or _may_build(call, loader)]
        if source is not None and len(fitting) > 1:
            fitting = [call for call in fitting if _is_held_under(source, call, loader, above)] or fitting
        if source is not None and len(fitting) == 1:
            call = fitting[0]
            return {
                "location": source.location(call),
                "setting": (last_name(call), setting.keyword, setting.position),
            }
    return {"location": None}


def _may_build(call: ast.Call, loader: Loader) -> bool:
    """Whether the literal arguments of a constructor call are those of this loader, or of what makes its batches."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    size = given.get("batch_size", call.args[1] if len(call.args) > 1 else None)
    last = given.get("drop_last")
    return not (
        (isinstance(size, ast.Constant) and size.value != batch_size(loader))
        or (size is None and batch_size(loader) != 1 and None not in given)
        or (isinstance(last, ast.Constant) and last.value != _drops(loader))
    )


def _is_held_under(source: Source, call: ast.Call, loader: Loader, above: Sequence[Step]) -> bool:
    """Whether the call is assigned to a name under which a frame holds this loader."""
    statement = source.statement(call)
    names = [target.id for target in getattr(statement, "targets", ()) if isinstance(target, ast.Name)]
    return any(
        locals_of(step.frame).get(name, step.frame.f_globals.get(name)) is loader for step in above for name in names
    )
