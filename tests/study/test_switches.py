"""Every intervention turned on alone lowers the measure that it is about, and leaves the other one."""

from collections.abc import Callable
from dataclasses import replace
from math import pi

import numpy as np
import pytest

from lead.expert.scene import Mount, Scene, Side, Visibility
from lead.expert.settings import Settings, settings_from
from tests.expert.rolling import roll
from tests.expert.scenes import HIDDEN, RED, actors, briefing, car, ego, line, route, scene, walker
from tests.study.watching import asked, driven, remembering, size, watched

Measured = Callable[[Settings], tuple[float, float]]
ENOUGH = 0.2  # of a measure that is gone with the intervention


def once(make: Callable[[], Scene], **past: float) -> Measured:
    """Of one scene, after a second in which everybody moved as told."""

    def measured(settings: Settings) -> tuple[float, float]:
        here = make()
        visibility, uncertainty = asked(here, settings, remembering(here, **past))
        return size(visibility), size(uncertainty)

    return measured


def over(scenes: Callable[[Settings], list[Scene]]) -> Measured:
    """Of a drive."""

    def measured(settings: Settings) -> tuple[float, float]:
        visibility, uncertainty = watched(scenes(settings), settings)
        return size(*visibility), size(*uncertainty)

    return measured


def beyond_window() -> Scene:
    """Somebody very fast comes from the side, still outside the student's window."""
    way = route()
    crossing = car(way, 48.0, 46.0, speed=27.0, turned=-pi / 2)
    return scene(way, ego(way, 20.0, 14.0, limit=20.0), actors(crossing))


def behind_a_wall(**more: object) -> Scene:
    """A hidden car is about to cross."""
    way = route(junctions=((33.0, 50.0),))
    return scene(way, ego(way, 20.0, 8.0, limit=13.9), actors(_crossing(way, evidence=HIDDEN)), **more)


def _crossing(way, **more: object):
    return car(way, 33.0, 14.0, speed=10.0, turned=-pi / 2, **more)


def barely_seen_walker() -> Scene:
    """A walker comes slowly towards the way, with too few pixels."""
    way = route()
    one = walker(way, 37.0, 5.0, 1.0, -pi / 2, evidence=(10, 0, 0))
    return scene(way, ego(way, 20.0, 8.0), actors(one), briefings=(briefing("DynamicObjectCrossing", 1),))


def hidden_violator() -> Scene:
    """A vehicle that takes the priority is on its way, hidden, and not yet on a collision course."""
    way = route(junctions=((40.0, 60.0),))
    one = car(way, 50.0, 20.0, speed=3.0, turned=-pi / 2, evidence=HIDDEN)
    return scene(way, ego(way, 20.0, 6.0), actors(one), briefings=(briefing("OppositeVehicleTakingPriority", 1),))


def hidden_oncoming(settings: Settings) -> list[Scene]:
    """Waiting to borrow the lane to the left, on which somebody hidden comes."""
    way = route(260.0, left=Side.OPPOSITE)
    parked = car(way, 60.0, 1.2, id=11)
    told = briefing("ParkedObstacleTwoWays", 11, trigger=20.0, beside=line(way, 190.0, 54.0, -3.5))
    other = car(way, 85.0, -3.5, speed=2.0, turned=pi, id=12, evidence=HIDDEN)
    here = scene(way, ego(way, 51.0, 0.0), actors(parked, other), briefings=(told,))
    return [replace(here, time=0.05 * k, frame=k) for k in range(1, 160)]


def light_out_of_sight() -> Scene:
    """A red light that no camera has in its picture."""
    way = route(lights=(40.0,))
    return scene(way, ego(way, 20.0, 8.0), light_state=(RED,), light_seen=(False,))


def up_to_the_line(settings: Settings) -> list[Scene]:
    """A drive up to a red light overhead, whose head leaves the picture 9 m before its line."""
    way = route(lights=(60.0,), mounts=(Mount.OVERHEAD,))

    def looking(here: Scene) -> Scene:
        return replace(here, light_seen=np.array([60.0 - here.ego.pose[0] >= 9.0]))

    here = scene(way, ego(way, 30.0, 6.0), light_state=(RED,))
    return roll(here, settings, 160, change=looking)[0]


def slow_traffic() -> Scene:
    """On a road with a high limit all others drive slowly, beside the ego."""
    way = route(left=Side.SAME)
    return scene(way, ego(way, 20.0, 8.0, limit=20.0), actors(*(car(way, 20.0 + k, -3.5, 9.0) for k in (10.0, 25.0))))


def hidden_obstacle() -> Scene:
    """A parked car blocks the lane behind a crest."""
    way = route(left=Side.SAME)
    parked = car(way, 50.0, 1.2, evidence=HIDDEN)
    return scene(way, ego(way, 22.0, 8.0), actors(parked), briefings=(briefing("ParkedObstacle", 1, trigger=10.0),))


def turning_walker(*, told: bool = True) -> Scene:
    """A walker steps towards the way, and has been commanded to turn round."""
    way = route()
    one = walker(way, 33.0, 3.6, 1.6, -pi / 2, walking=(0.0, 1.6, 0.0))
    situation = (briefing("DynamicObjectCrossing", 1),) if told else ()
    return scene(way, ego(way, 20.0, 8.0), actors(one), briefings=situation)


def braking_car(**more: object) -> Scene:
    """A crossing car has just hit its brakes, which nobody can see yet."""
    way = route(left=Side.SAME)
    others = more.pop("others", ())
    return scene(
        way, ego(way, 20.0, 8.0, limit=14.0),
        actors(car(way, 33.0, 13.0, speed=9.0, turned=-pi / 2, control=(0.0, 0.0, 1.0)), *others), **more,
    )  # fmt: skip


def towards_obstacle() -> Scene:
    """The same on the way to an obstacle that is to be passed."""
    parked = car(route(), 50.0, 1.2, id=11)
    return braking_car(others=(parked,), briefings=(briefing("ParkedObstacle", 11, trigger=10.0),))


def obstacle_by_night(settings: Settings) -> list[Scene]:
    """Towards an obstacle in the dark, which one can tell from near by only."""
    way = route(left=Side.SAME)
    told = briefing("ParkedObstacle", 1, trigger=10.0)

    def make(at: float) -> Scene:
        here = ego(way, at, 7.0, limit=20.0)
        night = Visibility.VERY_LIMITED
        return scene(way, here, actors(car(way, 80.0, 1.2)), briefings=(told,), visibility=night)

    return driven(make, 40.0, 62.0, 7.0)


def straightening_car() -> Scene:
    """Across a left turn comes a car that has steered towards the ego, and straightens up now."""
    way = route(junctions=((25.0, 60.0),))
    flow = np.concatenate([line(way, 70.0, 31.0, -3.1), line(way, 30.0, 30.0, 0.0), line(way, 29.0, 20.0, 4.0)])
    one = car(way, 44.0, -3.1, speed=9.0, turned=pi)
    told = briefing("NonSignalizedJunctionLeftTurn", 1, trigger=20.0, flow=flow)
    return scene(way, ego(way, 20.0, 4.0), actors(one), briefings=(told,))


U1 = "cautious_stops=on"
VISIBILITY = {
    "V1 window": (once(beyond_window), "", "window=on"),
    "V2 occlusion": (once(behind_a_wall), "", "occlusion=on"),
    "V3 stop_pixels": (once(barely_seen_walker), U1, "stop_pixels=on"),
    "V4 violators_seen": (once(hidden_violator), U1, "violators_seen=on"),
    "V5 oncoming_seen": (over(hidden_oncoming), "occlusion=on", "oncoming_seen=on"),
    "V6 moved stop line": (over(up_to_the_line), "", "lights=moved stop line"),
    "V6 lights=seen": (once(light_out_of_sight), "", "lights=seen"),
    "V7 observable_limit": (once(slow_traffic), "", "observable_limit=on"),
    "V8 occluded_junction": (once(lambda: behind_a_wall(junction_sight=0.1)), "", "occluded_junction=on"),
    "obstacles_seen": (once(hidden_obstacle), "", "obstacles_seen=on"),
}
UNCERTAINTY = {
    "U1 cautious_stops": (once(turning_walker), "", U1),
    "U2 poor_visibility": (
        once(lambda: braking_car(visibility=Visibility.VERY_LIMITED)), "limit_factor=1.0", "poor_visibility=on"
    ),
    "U3 approach_caps": (once(towards_obstacle), "limit_factor=1.0", "approach_caps=on"),
    "U4 weather_lane_changes": (over(obstacle_by_night), "", "weather_lane_changes=on"),
    "U5 boxes": (once(straightening_car, turning=-0.35), "", "boxes=all turns"),
    "motion": (once(braking_car), "", "motion=past"),
}  # fmt: skip


def measured_without_and_with(case: tuple[Measured, str, str]) -> tuple[tuple[float, float], tuple[float, float]]:
    measured, needed, switch = case
    before = settings_from(",".join(["privileged", *filter(None, [needed])]))
    after = settings_from(",".join(["privileged", *filter(None, [needed]), switch]))
    assert before != after
    return measured(before), measured(after)


@pytest.mark.parametrize("name", VISIBILITY)
def test_each_visibility_intervention_alone_lowers_visibility_only(name: str):
    (seen_off, sure_off), (seen_on, sure_on) = measured_without_and_with(VISIBILITY[name])
    assert seen_off > 0.0, f"{name}: the scene shows no asymmetry"
    assert seen_on <= (1.0 - ENOUGH) * seen_off
    assert sure_on == pytest.approx(sure_off, abs=0.3)


@pytest.mark.parametrize("name", UNCERTAINTY)
def test_each_uncertainty_intervention_alone_lowers_uncertainty_only(name: str):
    (seen_off, sure_off), (seen_on, sure_on) = measured_without_and_with(UNCERTAINTY[name])
    assert sure_off > 0.0, f"{name}: the scene shows no asymmetry"
    assert sure_on <= (1.0 - ENOUGH) * sure_off
    assert seen_on == pytest.approx(seen_off, abs=0.3)
