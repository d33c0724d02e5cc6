"""Both evidence sources tell the same of the same streets, at the numbers at which the rules decide."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from sensing import sensing, street, whole_scene

from lead.client.launch import connect, start_server
from lead.client.world import synchronous
from lead.expert.evidence.level import level_boxes
from lead.expert.evidence.measured import MeasuredEvidence
from lead.expert.evidence.sampled import SampledEvidence
from lead.expert.reading.heads import read_heads
from lead.expert.scene import Actors, EvidenceIndex, Kind
from lead.geometry.poses import to_local

TOWN, STREETS = "GridCity", 5


@dataclass(frozen=True)
class Answers:
    """Of both sources, over all streets, for those within the student's view."""

    kind: NDArray[np.int8]
    height: NDArray[np.float64]  # half, m
    measured: NDArray[np.int32]  # (N, 3)
    sampled: NDArray[np.int32]
    measured_lights: NDArray[np.bool_]
    sampled_lights: NDArray[np.bool_]


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    rows, lights = [], []
    with start_server(TOWN) as server:
        world = connect(server.endpoint).get_world()
        with synchronous(world):
            sampled, measured = SampledEvidence(level_boxes(world)), MeasuredEvidence()
            heads = read_heads(list(world.get_actors().filter("traffic.traffic_light")))
            points = world.get_map().get_spawn_points()
            for seed in range(STREETS):
                carrier = street(world, points[7 * seed], seed)
                with sensing(world, carrier) as rig:
                    measured.show(rig.tick())
                    ego, actors = whole_scene(world, carrier)
                a, b = measured.look(ego, actors, heads), sampled.look(ego, actors, heads)
                known = _in_view(actors, ego.pose)
                rows.append((actors.kind[known], actors.extent[known, 2], a.actors[known], b.actors[known]))
                lights.append((a.lights, b.lights))
                for name in ("vehicle.*", "walker.*", "static.prop.*"):
                    for actor in world.get_actors().filter(name):
                        actor.destroy()
                world.tick()
    columns = [np.concatenate(part) for part in (*zip(*rows, strict=True), *zip(*lights, strict=True))]
    return Answers(*columns)


def _in_view(actors: Actors, pose: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y, _ = to_local(actors.middle, pose).T
    return (x > -34.0) & (x < 66.0) & (np.abs(y) < 42.0)


def _known(kind: NDArray[np.int8], points: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Who is seen, by the numbers of spec/lead-expert-and-data.md, 1.3; obstacles as cyclists with half as many."""
    camera = points[:, EvidenceIndex.CAMERA]
    ranged = points[:, EvidenceIndex.LIDAR] + points[:, EvidenceIndex.RADAR] >= 1
    by_kind = [ranged | (camera >= 5), camera >= 10, camera >= 15, camera >= 5]
    return np.select([kind == k for k in Kind], by_kind)


def _agreement(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a == b).mean())


@pytest.mark.parametrize(
    "kind, least", [(Kind.CAR, 0.97), (Kind.BICYCLE, 0.9), (Kind.WALKER, 0.9), (Kind.OBSTACLE, 0.8)]
)
def test_who_is_seen(answers, kind, least):
    of_kind = answers.kind == kind
    measured = _known(answers.kind, answers.measured)[of_kind]
    assert len(measured) >= 12
    if kind is not Kind.CAR:
        assert 0.1 < measured.mean() < 0.95, "the streets have to have both"
    assert _agreement(measured, _known(answers.kind, answers.sampled)[of_kind]) >= least


def test_cars_in_the_pictures(answers):
    of_kind = answers.kind == Kind.CAR
    measured, sampled = (points[of_kind, EvidenceIndex.CAMERA] >= 5 for points in (answers.measured, answers.sampled))
    assert 0.1 < measured.mean() < 0.95
    assert _agreement(measured, sampled) >= 0.95


def test_emergency_stops(answers):
    on_foot = np.isin(answers.kind, (Kind.WALKER, Kind.BICYCLE))
    least = 50.0 * answers.height**2
    measured, sampled = (
        (points[:, EvidenceIndex.CAMERA] >= least)[on_foot] for points in (answers.measured, answers.sampled)
    )
    assert _agreement(measured, sampled) >= 0.9


def test_lights(answers):
    assert answers.measured_lights.any()
    assert _agreement(answers.measured_lights, answers.sampled_lights) >= 0.97


def test_counts_are_alike(answers):
    """Of those seen well by either, half of the counts differ by less than a quarter."""
    for kind in Kind:
        for column in (EvidenceIndex.CAMERA, EvidenceIndex.LIDAR):
            a, b = answers.measured[:, column], answers.sampled[:, column]
            both = (answers.kind == kind) & (a > 20) & (b > 20)
            if both.sum() >= 8:
                assert np.median(a[both] / b[both]) == pytest.approx(1.0, abs=0.3), (kind, column)
