"""Generated towns and whatever CARLA towns are cached, parsed and sampled once for the tests of signals and roadsides."""

from functools import cache

from lead.roads.generate import fixed_town
from lead.roads.library import find_map, list_maps
from lead.roads.network import RoadNetwork
from lead.roads.opendrive import OpenDrive, parse_opendrive
from lead.roads.sampling import build_network
from lead.roads.signals import Signals, build_signals

GENERATED = ("GridCity", "VillageCrossing", "InterurbanHills", "MotorwayRing")


@cache
def text_of(name: str) -> str:
    return fixed_town(name) if name in GENERATED else find_map(name)[1]


@cache
def parsed(name: str) -> tuple[OpenDrive, RoadNetwork]:
    opendrive = parse_opendrive(text_of(name))
    return opendrive, build_network(opendrive)


@cache
def signals_of(name: str) -> Signals:
    return build_signals(*parsed(name))


def cached_carla_towns(*names: str) -> list[str]:
    """Those of the CARLA towns that are on this machine."""
    here = {entry.name for entry in list_maps() if entry.source in ("fetched", "installation")}
    return [name for name in names if name in here]
