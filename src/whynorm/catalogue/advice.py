"""Advice that circulates on an error and harms: said where the error fits, before somebody follows it."""

from whynorm.facts import Told


def harmful(told: Told, framework: str | None) -> tuple[str, ...]:
    """What is often advised on this error and makes it worse, each with why."""
    said: list[str] = []
    family, symptom = told.family, told.symptom
    if symptom == "one-value" and family == "instance":
        said += [
            "drop_last=True and larger batches do not help: an instance norm averages within each sample",
            "an older torch, or patching _verify_spatial_size away, only hides it: the layer then outputs zeros",
        ]
    if symptom == "one-value" and family in ("batch", "sync"):
        said.append("repeating the one sample, or catching the exception, gives a norm that learns from zeros")
        if told.step is None and told.samples == 1 and told.shape is not None and len(told.shape) > 2:
            said.append(
                "drop_last=True helps only where the last batch is short, not where every batch holds one sample"
            )
    if symptom == "size-mismatch" and told.role == "join":
        said.append('"any even size" is not enough: each halving needs another factor of two')
    if symptom in ("channel-mismatch", "trailing-shape") and framework == "torch":
        said.append("putting the message's number into the constructor is wrong where the axes stand in another order")
    if symptom == "state-mismatch":
        said.append(
            "strict=False does not load what differs in size, and leaves running statistics at 0 and 1 without a word"
        )
    if symptom == "sync-constraint":
        said.append("a process group of one process hides it and synchronises nothing")
    if symptom == "modified-in-place":
        said.append("retain_graph=True does not help: the buffer itself was overwritten")
    return tuple(said)
