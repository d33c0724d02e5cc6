"""`lead routes`: look at route files before they are driven, and make new ones."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

app = typer.Typer(no_args_is_help=True, help="Check and generate route files.")
console = Console(highlight=False)


@app.callback()
def routes() -> None:
    """Check and generate route files."""


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE[:IDS]", help="The leaderboard's XML, or a shipped suite.")],
    subset: Annotated[str, typer.Option("--routes", help="Ids of routes, such as 0-4,7; all if not given.")] = "",
) -> None:
    """Tell what is wrong with the routes of a file: order, jumps, points off the road, triggers out of reach.

    The towns must be here (`lead maps fetch`). Ends with exit code 1 if anything was found.
    Example: `lead routes check routes.xml --routes 0-4`
    """
    import carla

    from lead.roads.library import MapNotFoundError, find_map
    from lead.scenarios.check import check_route
    from lead.scenarios.lane_graph import LaneGraph
    from lead.scenarios.suites import resolve_routes

    chosen = resolve_routes(f"{file}:{subset}" if subset else file, keep_faulty=True)
    faults = [(route.id, route.fault) for route in chosen if route.fault]
    routes = [route for route in chosen if not route.fault]
    towns = sorted({route.town for route in routes})
    triggers = sum(len(route.situations) for route in routes)
    console.print(
        f"{file}: {len(chosen)} routes, {triggers} situations, {len(towns)} towns: {', '.join(towns)}", soft_wrap=True
    )
    faulty = len(faults)
    for name, fault in faults:
        console.print(f"route {name}: {fault}", markup=False, soft_wrap=True)
    for town in towns:
        here = [route for route in routes if route.town == town]
        try:
            graph = LaneGraph.of(carla.Map(town, find_map(town)[1]))
        except MapNotFoundError as error:
            faulty += len(here)
            console.print(f"{len(here)} routes not looked at: {error}", markup=False, soft_wrap=True)
            continue
        for route in track(here, town, console=console, transient=True):
            found = check_route(graph, route)
            faulty += bool(found)
            for finding in found:
                console.print(f"route {route.id} ({town}): {finding}", markup=False, soft_wrap=True)
    repeated = sorted({route.id for route in chosen if sum(other.id == route.id for other in chosen) > 1})
    if repeated:
        console.print(f"more than one route has the id {', '.join(repeated)}", markup=False)
    console.print(f"{len(chosen) - faulty} of {len(chosen)} routes have nothing to complain of")
    raise typer.Exit(1 if faulty or repeated else 0)


@app.command()
def generate(
    out: Annotated[Path, typer.Option(help="Route file to write.")],
    town: Annotated[str, typer.Option(help="A name from `lead maps list`, or a town by its seed: grid_city:7.")] = "",
    count: Annotated[int, typer.Option(min=1, help="Number of routes.")] = 10,
    types: Annotated[
        str, typer.Option(help="Situation types, separated by commas; if not given, all that the town has places for.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other routes.")] = 0,
    length: Annotated[str, typer.Option(help="Metres of a route, MIN-MAX.")] = "60-300",
    suite: Annotated[
        str, typer.Option(help="mini, mini-long or train instead of a town: as shipped with seed 0.")
    ] = "",
) -> None:
    """Write routes with a situation each, at places in a town that suit them.

    Example: `lead routes generate --town GridCity --count 20 --types ParkingCutIn,Accident --seed 1 --out mine.xml`
    """
    from lead import InputError
    from lead.scenarios.suites import SUITES
    from lead.scenarios.suites.generate import Ground, routes_in
    from lead.scenarios.suites.recipes import suite_routes
    from lead.scenarios.suites.write import to_xml

    if bool(town) == bool(suite):
        raise InputError("give either --town or --suite: what should the routes be made for?")
    if suite:
        if suite not in SUITES:
            raise InputError(f"no suite is called {suite!r}; there are {', '.join(SUITES)}")
        console.print(f"suite {suite}, seed {seed}")
        routes = suite_routes(suite, seed, console.print)
    else:
        kinds = tuple(dict.fromkeys(part.strip() for part in types.split(",") if part.strip()))
        lengths = _lengths(length)
        console.print(f"{count} routes of {lengths[0]:g} to {lengths[1]:g} m in {town}, {len(kinds) or 'all'} types")
        routes = routes_in(Ground.of(town), kinds, count, seed, lengths, console.print)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(to_xml(routes))
    console.print(f"{len(routes)} routes, {sum(len(route.situations) for route in routes)} situations")
    console.print(str(out))


def _lengths(text: str) -> tuple[float, float]:
    from lead import InputError

    low, _, high = text.partition("-")
    try:
        lengths = float(low), float(high)
    except ValueError:
        lengths = (0.0, 0.0)
    if not 40.0 <= lengths[0] < lengths[1] <= 5000.0:
        raise InputError(f"--length is {text!r}; expected MIN-MAX in metres, such as 60-300, from 40 to 5000")
    return lengths
