"""The situations that are about hidden and unpredictable others, told on a hand-made road and driven closed loop.

Each has somebody who sets off as the ego comes near: from behind parked cars, out of a side street, out of a parking slot.
What the student's sensors have of everybody is estimated by ray sampling, tick by tick.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import pi

import numpy as np
from numpy.typing import NDArray

from lead.expert.decide import decide
from lead.expert.evidence.bodies import NOBODY, Bodies, boxes
from lead.expert.evidence.sampled import SampledEvidence
from lead.expert.evidence.source import Heads
from lead.expert.memory import Memory
from lead.expert.scene import Actors, Kind, Scene, Side
from lead.expert.settings import Settings
from lead.study.knowledge import Senses
from lead.study.meter import Meter
from lead.study.record import Row
from tests.expert.rolling import later
from tests.expert.scenes import actors, bicycle, briefing, car, ego, obstacle, route, scene, walker
from tests.study.audits import Roads

MOVER = 1  # id of who sets off
TICKS = 220
DT = 0.05  # s


@dataclass(frozen=True)
class Story:
    """A road with people on it, and what one of them does.

    Attributes:
        scene: at the beginning.
        walls: what hides besides people and cars.
        way: (M, 2) m of the mover, from where it stands.
        speed, acceleration: m/s and m/s^2 of it, once it has set off.
        sets_off: m along the road that the ego has come then.
        stops: m of its way after which it stops, and stays.
    """

    scene: Scene
    way: NDArray[np.float64]
    speed: float
    acceleration: float
    sets_off: float
    walls: Bodies = NOBODY
    stops: float = np.inf


def parking_crossing(rng: np.random.Generator) -> Story:
    """A walker comes from behind a parked van."""
    way, at = route(left=Side.SAME), 60.0 + rng.uniform(-5.0, 5.0)
    parked = car(way, at - 3.6, 3.3, extent=(2.6, 1.1, 1.25), id=2)
    one = walker(way, at, 4.6, turned=-pi / 2, id=MOVER)
    return _told(way, "ParkingCrossingPedestrian", rng, one, parked, to=(at, -9.0), speed=rng.uniform(1.6, 2.4),
                 near=rng.uniform(15.0, 19.0), stops=4.6 + rng.choice([-2.8, 9.0]))  # fmt: skip


def object_crossing(rng: np.random.Generator) -> Story:
    """A walker comes from behind a kiosk."""
    way, at = route(left=Side.SAME), 60.0 + rng.uniform(-5.0, 5.0)
    kiosk = obstacle(way, at - 2.2, 3.9, extent=(1.2, 1.2, 1.3), id=2)
    one = walker(way, at, 4.9, turned=-pi / 2, id=MOVER)
    return _told(way, "DynamicObjectCrossing", rng, one, kiosk, to=(at, -9.0), speed=rng.uniform(1.6, 2.4),
                 near=rng.uniform(14.0, 18.0), stops=4.9 + rng.choice([-2.9, 9.0]))  # fmt: skip


def turning_route(rng: np.random.Generator) -> Story:
    """A cyclist crosses behind a corner."""
    way, at = route(left=Side.SAME, junctions=((45.0, 58.0),)), 60.0 + rng.uniform(-3.0, 3.0)
    one = bicycle(way, at, 14.0, turned=-pi / 2, id=MOVER)
    return _told(way, "VehicleTurningRoute", rng, one, to=(at, -12.0), speed=rng.uniform(3.5, 5.0),
                 near=rng.uniform(20.0, 26.0), walls=_house(at - 8.5, 8.5, 5.5, 4.5))  # fmt: skip


def parking_cut_in(rng: np.random.Generator) -> Story:
    """A car pulls out from before a parked van."""
    way, at = route(left=Side.SAME), 55.0 + rng.uniform(-5.0, 5.0)
    before = car(way, at - 6.2, 2.75, extent=(2.8, 1.1, 1.25), id=2)
    one = car(way, at, 3.1, id=MOVER)
    return _told(way, "ParkingCutIn", rng, one, before, to=(at + 7.0, 0.0), on=(at + 150.0, 0.0), speed=7.0,
                 acceleration=rng.uniform(2.0, 3.0), near=rng.uniform(18.0, 24.0), steer=-0.5)  # fmt: skip


def static_cut_in(rng: np.random.Generator) -> Story:
    """A car comes out of a queue on the lane beside."""
    way, at = route(left=Side.SAME, right=Side.SAME), 60.0 + rng.uniform(-5.0, 5.0)
    queue = [car(way, at + 8.0 * k, 3.5, id=10 + k) for k in (-2, -1, 1)]
    one = car(way, at, 3.5, id=MOVER)
    return _told(way, "StaticCutIn", rng, one, *queue, to=(at + 9.0, 0.0), on=(at + 150.0, 0.0), speed=7.5,
                 acceleration=rng.uniform(1.5, 2.5), near=rng.uniform(18.0, 25.0), steer=-0.4)  # fmt: skip


def highway_cut_in(rng: np.random.Generator) -> Story:
    """A car comes from a ramp behind a wall."""
    way, at = route(260.0, left=Side.SAME), 70.0 + rng.uniform(-5.0, 5.0)
    one = car(way, at - 25.0, 9.0, id=MOVER)
    wall = boxes(np.array([[at - 25.0, 6.2, 0.0, 0.0, 0.0, 0.0]]), np.zeros((1, 3)), np.array([[28.0, 0.2, 2.5]]))
    return _told(way, "HighwayCutIn", rng, one, to=(at + 12.0, 0.0), on=(at + 200.0, 0.0), speed=rng.uniform(7.0, 8.5),
                 acceleration=4.0, near=rng.uniform(48.0, 54.0), steer=-0.1, walls=wall, limit=14.0)  # fmt: skip


def red_light_runner(rng: np.random.Generator) -> Story:
    """A car comes fast out of a side street."""
    return _violator(rng, "OppositeVehicleRunningRedLight", rng.uniform(9.0, 12.0))


def priority_taker(rng: np.random.Generator) -> Story:
    """Likewise, at a junction without lights, and perhaps it stops at last."""
    return _violator(rng, "OppositeVehicleTakingPriority", rng.uniform(7.0, 9.0))


STORIES: dict[str, Callable[[np.random.Generator], Story]] = {
    "ParkingCrossingPedestrian": parking_crossing, "DynamicObjectCrossing": object_crossing,
    "VehicleTurningRoute": turning_route, "ParkingCutIn": parking_cut_in, "StaticCutIn": static_cut_in,
    "HighwayCutIn": highway_cut_in, "OppositeVehicleRunningRedLight": red_light_runner,
    "OppositeVehicleTakingPriority": priority_taker,
}  # fmt: skip


def driven(name: str, seed: int, settings: Settings, ticks: int = TICKS) -> list[Row]:
    """What the meter measured while an expert drove a story."""
    story = STORIES[name](np.random.default_rng([seed, len(name)]))
    sensors = SampledEvidence(story.walls)
    plan = np.array([[0.0, 0.0, 0.0], [200.0, 0.0, 0.0]])
    meter, memory, here = Meter(settings, plan, np.full(2, 4, np.int8), Roads()), Memory(), story.scene
    rows, begun = [], None
    for _ in range(ticks):
        if begun is None and here.ego.pose[0] >= story.sets_off:
            begun = here.time
        here = replace(here, actors=_moved(story, here.actors, None if begun is None else here.time - begun))
        found = sensors.look(here.ego, here.actors, Heads.none()).actors
        here = replace(here, actors=replace(here.actors, evidence=found))
        decision, after = decide(here, memory, settings)
        rows.append(meter.step(here, memory, decision, Senses.of(here)))
        memory, here = after, later(here, decision)
    return [row for row in rows if row is not None]


def _told(
    way, type_: str, rng: np.random.Generator, one: Actors, *others: Actors, to: tuple[float, float],
    near: float, speed: float, on: tuple[float, float] | None = None, acceleration: float = np.inf, steer: float = 0.0,
    walls: Bodies = NOBODY, stops: float = np.inf, limit: float = 11.0,
) -> Story:  # fmt: skip
    start = one.pose[0, :2]
    told = briefing(type_, MOVER, trigger=10.0)
    one = replace(one, control=np.array([[0.0, steer, 0.0]]))
    here = scene(way, ego(way, 5.0, 8.0, limit=limit), actors(one, *others), briefings=(told,), frame=0, time=0.0)
    places = np.array([start, to] if on is None else [start, to, on])
    met = to[0] if on is not None else start[0]
    return Story(here, places, speed, acceleration, met - near, walls, stops)


def _violator(rng: np.random.Generator, type_: str, speed: float) -> Story:
    way, at = route(left=Side.SAME, junctions=((50.0, 66.0),)), 60.0
    one = car(way, at, 30.0, turned=-pi / 2, id=MOVER)
    return _told(way, type_, rng, one, to=(at, -40.0), speed=speed, near=rng.uniform(30.0, 36.0),
                 acceleration=6.0, walls=_house(at - 10.0, 14.0, 7.0, 9.0),
                 stops=rng.choice([26.0, np.inf]))  # fmt: skip


def _house(at: float, aside: float, half_length: float, half_width: float) -> Bodies:
    return boxes(
        np.array([[at, aside, 0.0, 0.0, 0.0, 0.0]]), np.zeros((1, 3)), np.array([[half_length, half_width, 6.0]])
    )


def _moved(story: Story, others: Actors, since: float | None) -> Actors:
    """The mover `since` s after it set off; None before."""
    row = int(np.flatnonzero(others.ids == MOVER)[0])
    gone, speed, throttle, brake = 0.0, 0.0, 0.0, 0.0
    if since is not None:
        gaining = min(since, story.speed / story.acceleration)
        gone = 0.5 * min(story.acceleration, 1e9) * gaining**2 + story.speed * (since - gaining)
        speed = story.speed if since >= gaining and gaining < since else story.acceleration * since
        throttle = 0.8
        if gone >= story.stops:
            gone, speed, throttle, brake = story.stops, 0.0, 0.0, 1.0
        elif gone + 0.25 * speed >= story.stops:
            brake, throttle = 1.0, 0.0
    steps = np.diff(story.way, axis=0)
    length = np.hypot(steps[:, 0], steps[:, 1])
    leg = int(np.searchsorted(np.cumsum(length)[:-1], gone, side="right"))
    along = steps[leg] / length[leg]
    place = story.way[leg] + along * (gone - length[:leg].sum())
    pose, velocity = others.pose.copy(), others.velocity.copy()
    control, walking = others.control.copy(), others.walking.copy()
    pose[row, :2], velocity[row] = place, 0.0
    velocity[row, :2] = speed * along
    walking[row], control[row] = 0.0, 0.0
    if others.kind[row] == Kind.WALKER:
        walking[row] = velocity[row] * (brake == 0.0)
    elif since is not None:
        pose[row, 4] = np.arctan2(along[1], along[0])
        control[row] = throttle, story.scene.actors.control[row, 1] if leg == 0 and len(steps) > 1 else 0.0, brake
    return replace(others, pose=pose, velocity=velocity, control=control, walking=walking)
