from whynorm.catalogue import Because, Remedy, cause
from whynorm.catalogue.remedies.number import set_number
from whynorm.catalogue.shapes import at, sizes
from whynorm.facts import Case
from whynorm.facts.change import Feed


@cause("tiled-inference")
def tiled_inference(case: Case) -> Because | None:
    """Patches or tiles are normalised each by its own statistics.

    An image that is too large is cut into tiles, each goes through the network, and the results are put together. With
    an instance norm, group norm or layer norm over positions each tile has a mean and deviation of its own: a dark tile
    is made as bright as its neighbour, and a seam runs between. Overlap and blending soften it, the levels stay wrong.

    ```python silent torch
    import torch
    from torch import nn

    image = torch.linspace(0, 1, 64).expand(1, 1, 64, 64)
    norm = nn.InstanceNorm2d(1)
    whole = norm(image)
    left, right = norm(image[..., :32]), norm(image[..., 32:])
    assert (whole[..., 33] - whole[..., 31]).abs().max() < 0.2
    assert (right[..., 1] - left[..., 31]).abs().max() > 3
    ```

    ```python works torch
    import torch
    from torch import nn

    image = torch.linspace(0, 1, 64).expand(1, 1, 64, 64)
    norm = nn.BatchNorm2d(1).eval()
    tiles = torch.cat([norm(image[..., :32]), norm(image[..., 32:])], dim=-1)
    assert torch.allclose(tiles, norm(image))
    ```

    ## Remedies and their price

    * Train on patches of the size of the tiles: the network has then learnt to live with statistics of a patch. Tiles
      of another size then do worse.
    * Whole images, in inference at least, where memory allows; then trained patches and whole images differ.
    * Running statistics (a batch norm in inference mode): the same for all tiles; needs batches large enough in
      training.
    * Statistics of a smaller copy of the whole image, used for each tile: near, not exact, and code of your own.

    Larger overlaps cost time, and mend only what convolutions do at the borders.
    """
    call, measured = case.call, case.call.measured
    seam = measured.seam if measured is not None else None
    if seam is None or call.shape is None:
        return None
    running = set_number(
        case,
        call,
        f"running statistics, the same for all tiles: {call.type}(…, track_running_stats=True)",
        "track_running_stats",
        None,
        True,
        when="it is trained so from the start, on the same patches",
    )
    inputs, when = case.trace.inputs, "memory allows, and training saw images of that size"
    at_once = (Feed(case.trace.places[0], (*inputs[0].shape[:2], *seam.whole)),) if len(inputs) == 1 else ()
    whole = Remedy("pass the whole image at once", "call", when=when, trial=at_once)
    return Because(
        "certain",
        f"{seam.function} cuts {sizes(seam.whole)} into tiles of {sizes(seam.tile)}, and {at(call)} gives each tile "
        f"the same mean and deviation, dark ones and bright ones",
        at=call if seam.called is None else None,
        origin=seam.called,
        remedies=(running, whole) if call.reading is not None and call.reading.family == "instance" else (whole,),
        experiment=f"two tiles overlapping by half, in the middle of the overlap: {seam.difference:.2g} deviations "
        f"apart, and {seam.shared:.2g} with the statistics of the first for both",
        weight=1.5,
    )
