"""Published records (skipped where `../shared` is absent) and records made by hand."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lead.score.record import RouteMeta, RouteRecord, Scores, no_infractions

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "results"
PLACE = "(x=1.0, y=-2.5, z=0.03)"
EVENTS = {
    "collisions_pedestrian": f"Agent collided against object with type=walker.pedestrian.0014 and id=7 at {PLACE}",
    "collisions_vehicle": f"Agent collided against object with type=vehicle.audi.tt and id=8 at {PLACE}",
    "collisions_layout": f"Agent collided against object with type=static.road and id=0 at {PLACE}",
    "red_light": f"Agent ran a red light 16443 at {PLACE}",
    "scenario_timeouts": "Agent timed out a scenario",
    "yield_emergency_vehicle_infractions": "Agent failed to yield to an emergency vehicle",
    "stop_infraction": f"Agent ran a stop with id=9 at {PLACE}",
    "outside_route_lanes": "Agent went outside its route lanes for about 4.0 meters (25.0% of the completed route)",
    "min_speed_infractions": "Average speed is 40.0% of the surrounding traffic's one",
}
"""One message per infraction that costs something."""


def _unpacked(name: str, folder: Path) -> Path:
    archive = PUBLISHED / f"{name}.zip"
    if not archive.is_file():
        pytest.skip(f"the published records {archive} are not on this machine")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def pdm_lite(tmp_path_factory) -> Path:
    """Folder of the 220 Bench2Drive 0.0.3 records of PDM-Lite, with what the benchmark's tools made of them."""
    return _unpacked("bench2drive-pdm_lite", tmp_path_factory.mktemp("pdm_lite"))


@pytest.fixture(scope="session")
def tfv6(tmp_path_factory) -> Path:
    """Folder of the 600 Fail2Drive records of TFv6, three seeds of 200 routes."""
    return _unpacked("fail2drive-TFv6", tmp_path_factory.mktemp("tfv6"))


@pytest.fixture
def make_record():
    """A function that makes a record: route id, completion and penalty, and a count per infraction."""

    def make(route="1", completion=100.0, penalty=1.0, length=1000.0, repetition=0, **counts) -> RouteRecord:
        infractions = {**no_infractions(), **{name: (EVENTS[name],) * count for name, count in counts.items()}}
        return RouteRecord(
            route_id=f"RouteScenario_{route}_rep{repetition}",
            status="Failed" if completion < 100 else "Completed" if counts else "Perfect",
            infractions=infractions,
            num_infractions=sum(counts.values()),
            scores=Scores(completion, penalty, completion * penalty),
            meta=RouteMeta(length, 20.0, 30.0),
        )

    return make


@pytest.fixture
def with_messages():
    """A function that replaces a record's messages of one infraction."""

    def change(record: RouteRecord, name: str, *messages: str) -> RouteRecord:
        return replace(record, infractions={**record.infractions, name: messages})

    return change
