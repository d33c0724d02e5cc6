"""Make the pictures and the table of docs/situations.md.

    python docs/situations/make.py pictures ROUTES.xml [MORE.xml] [--only Accident]
    python docs/situations/make.py table npc=OUT/npc blind=OUT/blind

Pictures: the first route of every type is driven by the privileged expert with a camera behind and above the ego; kept
is the moment at which an actor of the situation, at best a moving one, is about 13 m away. Table: what `lead evaluate` wrote.
"""

import argparse
from pathlib import Path

from rich.console import Console
from stills import SHEETS, make_sheet, take_still
from table import situation_table

from lead.scenarios.catalogue import catalogue
from lead.scenarios.route_file import Route, read_routes

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "situations.md"
MARKS = "<!-- table of make.py -->", "<!-- end of table -->"
console = Console(highlight=False)


def main() -> None:
    """Make what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    pictures = verbs.add_parser("pictures")
    pictures.add_argument("files", type=Path, nargs="+", help="route files, looked through in this order")
    pictures.add_argument("--only", action="append", help="a situation type; repeatable")
    pictures.add_argument("--stills", type=Path, default=Path("out/stills"), help="folder of the single pictures")
    pictures.add_argument("--again", action="store_true", help="drive types again that have a still")
    table = verbs.add_parser("table")
    table.add_argument("results", nargs="+", metavar="NAME=FOLDER", help="folders of `lead evaluate`")
    given = parser.parse_args()
    if given.verb == "table":
        named = dict(text.split("=", 1) for text in given.results)
        _write(situation_table({name: Path(folder) for name, folder in named.items()}))
        return
    given.stills.mkdir(parents=True, exist_ok=True)
    for kind, route in _first_routes(given.files, given.only).items():
        still = given.stills / f"{kind}.png"
        if given.again or not still.exists():
            console.print(f"{kind}: route {route.id} in {route.town}: {take_still(kind, route, still)}", markup=False)
    for number in range(SHEETS):
        path = make_sheet(number, sorted(catalogue()), given.stills, HERE)
        console.print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


def _first_routes(files: list[Path], only: list[str] | None) -> dict[str, Route]:
    """Per situation type the first route that has it alone, else any with it."""
    routes = [route for file in files for route in read_routes(file, keep_faulty=True) if not route.fault]
    found: dict[str, Route] = {}
    for kind in only or sorted(catalogue()):
        fits = [route for route in routes if any(s.type == kind for s in route.situations)]
        if not fits:
            console.print(f"{kind}: no route has it")
            continue
        found[kind] = min(fits, key=lambda route: len(route.situations))
    return found


def _write(text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)
    before, rest = PAGE.read_text().split(MARKS[0])
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{rest.split(MARKS[1])[1]}")


if __name__ == "__main__":
    main()
