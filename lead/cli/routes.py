"""`lead routes`: look at route files before they are driven."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

app = typer.Typer(no_args_is_help=True, help="Check route files.")
console = Console(highlight=False)


@app.callback()
def routes() -> None:
    """Check route files."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Route file in the leaderboard's XML.")],
    subset: Annotated[str, typer.Option("--routes", help="Ids of routes, such as 0-4,7; all if not given.")] = "",
) -> None:
    """Tell what is wrong with the routes of a file: order, jumps, points off the road, triggers out of reach.

    The towns must be here (`lead maps fetch`). Ends with exit code 1 if anything was found.
    Example: `lead routes check routes.xml --routes 0-4`
    """
    import carla

    from lead.roads.library import find_map
    from lead.scenarios.check import check_route
    from lead.scenarios.lane_graph import LaneGraph
    from lead.scenarios.route_file import read_routes

    routes = read_routes(file, subset)
    towns = sorted({route.town for route in routes})
    triggers = sum(len(route.situations) for route in routes)
    console.print(f"{file}: {len(routes)} routes, {triggers} situations, {len(towns)} towns: {', '.join(towns)}")
    faulty = 0
    for town in towns:
        graph = LaneGraph.of(carla.Map(town, find_map(town)[1]))
        here = [route for route in routes if route.town == town]
        for route in track(here, town, console=console, transient=True):
            found = check_route(graph, route)
            faulty += bool(found)
            for finding in found:
                console.print(f"route {route.id} ({town}): {finding}", markup=False, soft_wrap=True)
    repeated = sorted({route.id for route in routes if sum(other.id == route.id for other in routes) > 1})
    if repeated:
        console.print(f"more than one route has the id {', '.join(repeated)}", markup=False)
    console.print(f"{len(routes) - faulty} of {len(routes)} routes have nothing to complain of")
    raise typer.Exit(1 if faulty or repeated else 0)
