"""A library's network that is built for inputs of another number of axes."""

from collections.abc import Mapping

from whynorm.catalogue.registry import Because, Remedy
from whynorm.catalogue.shapes import at, sizes
from whynorm.facts import Case, Location
from whynorm.facts.change import Rebuild, SetArgument

_NAMES = ("spatial_dims", "spatial_dim", "dimensions", "dimension", "dims", "dim", "ndim", "n_dims", "ndims")


def for_other_axes(case: Case) -> Because | None:
    """The number of axes of positions that the network was given is not that of the input."""
    call, network = case.call, case.hints.get("network")
    if call.raised is None or not call.ranks or not call.shape or not isinstance(network, Mapping):
        return None
    own, wanted = max(call.ranks) - 2, len(call.shape) - 2
    arguments, place = network["arguments"], network["built"]
    name = next((one for one in _NAMES if arguments.get(one) == own), None)
    if name is None or own == wanted or not 1 <= wanted <= 3 or not isinstance(place, Location):
        return None
    trial = (Rebuild(network["path"], arguments={**arguments, name: wanted}),)
    return Because(
        "certain" if case.try_out(trial).passed else "likely",
        f"{network['type']} is built for {own} axes of positions, {name}={own}, and {sizes(call.shape)}, which "
        f"{at(call)} gets, has {wanted}",
        origin=place,
        remedies=(
            Remedy(
                f"build {network['type']} with {name}={wanted}",
                "model",
                "the input is as it should be; weights trained for the other number do not fit then",
                trial,
                (SetArgument(place, network["type"], name, network["order"].index(name), str(wanted), None, own),),
            ),
        ),
        weight=1.3,
    )
