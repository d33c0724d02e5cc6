"""Make the pictures of docs/gallery.md, and the tables of how far lights and pedestrians can be read.

    python docs/gallery/make.py                                    # everything, about five minutes on two cores
    python docs/gallery/make.py --only weather --only lights       # some pictures
    python docs/gallery/make.py --only numbers --out /tmp/gallery  # the tables alone, printed

The world is drawn in this process, as `lead sim` draws it for a camera. CARLA's towns are left out where they are not
fetched (`lead maps fetch`). With the default --out the tables are also written into the page. Same code, same pictures.
"""

import argparse
from functools import partial
from pathlib import Path

from actors import gait, lamps, props, vehicles, walkers
from places import carla_towns, carla_weathers, generated_towns, presets, weathers
from readability import light_numbers, pedestrian_numbers, pedestrians, traffic_lights
from rich.console import Console
from rich.progress import track
from senses import sensors
from sheet import save

from lead.roads.library import list_maps

PICTURES = {
    "towns_generated": generated_towns,
    "weather": weathers,
    "presets": presets,
    "towns_carla_1": partial(carla_towns, 0),
    "towns_carla_2": partial(carla_towns, 1),
    "weather_carla_1": partial(carla_weathers, 0),
    "weather_carla_2": partial(carla_weathers, 1),
    "weather_carla_3": partial(carla_weathers, 2),
    "vehicles_1": partial(vehicles, 0),
    "vehicles_2": partial(vehicles, 1),
    "vehicles_3": partial(vehicles, 2),
    "lamps": lamps,
    "walkers_1": partial(walkers, 0),
    "walkers_2": partial(walkers, 1),
    "gait": gait,
    "props_1": partial(props, 0),
    "props_2": partial(props, 1),
    "props_3": partial(props, 2),
    "lights": traffic_lights,
    "pedestrians": pedestrians,
    "sensors": sensors,
}
NUMBERS = "numbers"
HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "gallery.md"
MARKS = "<!-- numbers of make.py -->", "<!-- end of numbers -->"
MEASURED = ("GridCity", "Town03", "Town05", "Town10HD")  # towns of the tables


def main() -> None:
    """Make what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[*PICTURES, NUMBERS], metavar="NAME", help="repeatable")
    parser.add_argument("--out", type=Path, default=HERE, help="folder; default docs/gallery")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    names = arguments.only or [*PICTURES, NUMBERS]
    console = Console(highlight=False)
    console.print(f"{len(names)} of {len(PICTURES) + 1}: {', '.join(names)}", soft_wrap=True)
    total = 0
    for name in track(names, "drawing", console=console):
        if name == NUMBERS:
            _numbers(console, PAGE if arguments.out.resolve() == HERE else None)
            continue
        picture = PICTURES[name]()
        if picture is not None:
            size = save(arguments.out / f"{name}.jpg", picture)
            total += size
            console.print(f"{name}.jpg  {picture.shape[1]} x {picture.shape[0]}  {size / 1000:.0f} kB")
    console.print(f"{total / 1e6:.2f} MB\n{arguments.out}")


def _numbers(console: Console, page: Path | None) -> None:
    """Measure and print both tables, and write them between the marks of a page."""
    here = {entry.name for entry in list_maps() if entry.source != "fetchable"}
    towns = [town for town in MEASURED if town in here]
    lights, people = _table(light_numbers(towns)), _table(pedestrian_numbers(towns))
    text = f"{', '.join(towns)}:\n\n{lights}\n\n{people}"
    console.print(text, soft_wrap=True)
    if page is not None:
        before, rest = page.read_text(encoding="utf-8").split(MARKS[0])
        page.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8")


def _table(rows: list[list[str]]) -> str:
    """Rows as Markdown, the first is the heading."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


if __name__ == "__main__":
    main()
