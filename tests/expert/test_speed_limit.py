"""The most that is driven: sign, traffic, sight, junctions."""

from dataclasses import replace

import pytest
from scenes import actors, briefing, car, ego, route, scene, seen, walker

from lead.expert.limits import FLOWS
from lead.expert.scene import Visibility
from lead.expert.settings import LEAD, PRIVILEGED

KMH = 1 / 3.6
PLAIN = replace(PRIVILEGED, limit_factor=1.0)
SIGHT = replace(PLAIN, poor_visibility=True)
DEEP = replace(PLAIN, occluded_junction=True)
TRAFFIC = replace(PLAIN, observable_limit=True)
WAY = route(300.0)


def limit(settings, sign, way=WAY, at=100.0, rows=(), **more):
    here = scene(way, ego(way, at, limit=sign * KMH), actors(*rows), **more)
    return seen(here, settings).limit / KMH


def cars(*speeds, limits=None):
    limits = limits if limits is not None else [15.0 * 3.6] * len(speeds)
    return [
        car(WAY, 120.0 + 10.0 * k, -3.5, speed * KMH, speed_limit=most * KMH)
        for k, (speed, most) in enumerate(zip(speeds, limits, strict=True))
    ]


def test_the_privileged_expert_drives_72_percent_of_the_sign():
    assert limit(PRIVILEGED, 50.0) == pytest.approx(36.0)
    assert limit(PLAIN, 50.0) == pytest.approx(50.0)


def test_it_stays_between_24_and_72_kmh():
    assert limit(PLAIN, 20.0) == pytest.approx(6.75 / KMH)
    assert limit(PLAIN, 25.0) == pytest.approx(25.0)
    assert limit(PLAIN, 71.0) == pytest.approx(71.0)
    assert limit(PLAIN, 90.0) == pytest.approx(72.0)


def test_the_second_highest_limit_around_counts():
    rows = cars(0.0, 0.0, 0.0, limits=[70.0, 60.0, 30.0])
    assert limit(TRAFFIC, 50.0, rows=rows) == pytest.approx(60.0)
    assert limit(PLAIN, 50.0, rows=rows) == pytest.approx(50.0)
    assert limit(TRAFFIC, 65.0, rows=rows) == pytest.approx(65.0)  # only ever raised
    assert limit(TRAFFIC, 50.0, rows=rows[:1]) == pytest.approx(50.0)  # there is no second


def test_the_second_highest_speed_around_counts_from_30_kmh_on():
    limits = [50.0] * 3
    assert limit(TRAFFIC, 50.0, rows=cars(60.0, 36.0, 10.0, limits=limits)) == pytest.approx(40.0)
    assert limit(TRAFFIC, 50.0, rows=cars(60.0, 30.1, 10.0, limits=limits)) == pytest.approx(30.1 / 0.9)
    assert limit(TRAFFIC, 50.0, rows=cars(60.0, 29.9, 10.0, limits=limits)) == pytest.approx(50.0)
    assert limit(TRAFFIC, 50.0, rows=cars(60.0, 50.0, limits=limits[:2])) == pytest.approx(50.0)
    assert limit(PLAIN, 50.0, rows=cars(60.0, 36.0, limits=limits[:2])) == pytest.approx(50.0)


def test_walkers_are_no_traffic():
    assert limit(TRAFFIC, 50.0, rows=[walker(WAY, 120.0, 4.0, 9.5), walker(WAY, 120.0, 8.0, 9.5)]) == pytest.approx(
        50.0
    )


def test_slower_in_the_dark():
    assert limit(SIGHT, 50.0, visibility=Visibility.VERY_LIMITED) == pytest.approx(50.0 - 4.0 / KMH)
    assert limit(SIGHT, 50.0, visibility=Visibility.LIMITED) == pytest.approx(50.0)
    assert limit(PLAIN, 50.0, visibility=Visibility.VERY_LIMITED) == pytest.approx(50.0)
    fast = limit(SIGHT, 60.0, visibility=Visibility.VERY_LIMITED)
    assert fast == pytest.approx(60.0)  # such roads are lit
    assert limit(SIGHT, 59.9, visibility=Visibility.VERY_LIMITED) == pytest.approx(59.9 - 4.0 / KMH)


def test_slower_beside_parked_cars():
    assert limit(SIGHT, 50.0, parked_near=2) == pytest.approx(50.0 - 2.0 / KMH)
    assert limit(SIGHT, 50.0, parked_near=1) == pytest.approx(50.0)
    assert limit(PLAIN, 50.0, parked_near=9) == pytest.approx(50.0)


@pytest.mark.parametrize("ahead, sight, slower", [
    (19.8, 0.19, True), (20.2, 0.19, False), (19.8, 0.2, False), (-1.0, 0.0, False),
])  # fmt: skip
def test_slower_before_junctions_that_cannot_be_looked_into(ahead, sight, slower):
    way = route(300.0, junctions=((100.0 + ahead, 110.0 + ahead),))
    assert limit(DEEP, 50.0, way, junction_sight=sight) == pytest.approx(50.0 - (4.0 / KMH if slower else 0.0))
    assert limit(PLAIN, 50.0, way, junction_sight=sight) == pytest.approx(50.0)


@pytest.mark.parametrize(
    "ahead, sign, most", [(29.9, 39.0, 25.0), (30.2, 39.0, 39.0), (29.9, 40.0, 40.0), (-5.0, 39.0, 25.0)]
)
def test_small_junctions_are_driven_at_25_kmh(ahead, sign, most):
    way = route(300.0, junctions=((100.0 + ahead, 110.0 + ahead),))
    assert limit(SIGHT, sign, way) == pytest.approx(most)
    assert limit(PLAIN, sign, way) == pytest.approx(sign)


@pytest.mark.parametrize("type", sorted(FLOWS))
def test_not_below_40_kmh_into_a_flow(type):
    dark = {"visibility": Visibility.VERY_LIMITED, "briefings": (briefing(type),)}
    assert limit(LEAD, 30.0, **dark) == pytest.approx(40.0)
    assert limit(LEAD, 50.0, **dark) == pytest.approx(50.0)
    waiting = {"visibility": Visibility.VERY_LIMITED, "briefings": (briefing(type, playing=False),)}
    assert limit(LEAD, 30.0, **waiting) < 30.0


def test_only_the_nearest_situation_counts():
    both = (briefing("Accident"), briefing("HighwayExit"))
    assert limit(PLAIN, 30.0, briefings=both) == pytest.approx(30.0)
    assert limit(PLAIN, 30.0, briefings=both[::-1]) == pytest.approx(40.0)
