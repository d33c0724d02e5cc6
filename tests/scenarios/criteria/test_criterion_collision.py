"""What counts as a collision, and when it is still the same one."""

import pytest
from moments import at

from lead.scenarios.criteria.collision import Collision
from lead.scenarios.criteria.moment import Contact


def run(*blows: tuple[float, float, int], type_id: str = "vehicle.audi.tt", speed: float = 5.0) -> list:
    """Blows as (time, x, other); the ego stands at x of the last blow until the next one."""
    criterion, time, x = Collision(), 0.0, 0.0
    for when, where, other in blows:
        while time < when - 1e-6:
            criterion.update(at(time, (x, 0.0)))
            time += 0.05
        x = where
        contact = Contact(other, type_id, when, (x, 0.0, 0.0), speed)
        criterion.update(at(when, (x, 0.0), collisions=(contact,)))
        time = when + 0.05
    return criterion.events


@pytest.mark.parametrize(
    ("type_id", "kind"),
    [
        ("vehicle.audi.tt", "collisions_vehicle"),
        ("walker.pedestrian.0001", "collisions_pedestrian"),
        ("static.fence", "collisions_layout"),
        ("static.prop.constructioncone", "collisions_layout"),
        ("traffic.traffic_light", "collisions_layout"),
        ("static.sidewalk", None),
        ("static.sidewalk.vehicle", "collisions_vehicle"),
        ("sensor.other", None),
    ],
)
def test_kinds(type_id, kind):
    events = run((1.0, 0.0, 7), type_id=type_id)
    assert [(event.kind, event.actor_id, event.type_id) for event in events] == ([(kind, 7, type_id)] if kind else [])


@pytest.mark.parametrize(("later", "events"), [(4.9, 1), (5.1, 2)])
def test_the_same_other_counts_again_after_five_seconds(later, events):
    assert len(run((1.0, 0.0, 7), (1.0 + later, 20.0, 7))) == events


@pytest.mark.parametrize(("away", "events"), [(4.9, 1), (5.1, 2)])
def test_another_counts_only_five_metres_on(away, events):
    criterion = Collision()
    criterion.update(at(0.0, (0.0, 0.0), collisions=(Contact(7, "vehicle.a", 0.0, (0.0, 0.0, 0.0), 5.0),)))
    criterion.update(at(0.5, (away, 0.0), collisions=(Contact(8, "vehicle.b", 0.5, (away, 0.0, 0.0), 5.0),)))
    assert len(criterion.events) == events


def test_a_place_that_was_left_is_forgotten():
    criterion = Collision()
    first = Contact(7, "vehicle.a", 0.0, (0.0, 0.0, 0.0), 5.0)
    criterion.update(at(0.0, (0.0, 0.0), collisions=(first,)))
    criterion.update(at(1.0, (5.1, 0.0)))
    criterion.update(at(2.0, (0.0, 0.0), collisions=(Contact(8, "vehicle.b", 2.0, (0.0, 0.0, 0.0), 5.0),)))
    assert [event.actor_id for event in criterion.events] == [7, 8]


def test_what_is_no_actor_counts_by_its_place_alone():
    assert len(run((1.0, 0.0, 0), (1.5, 4.9, 0), type_id="static.fence")) == 1
    assert len(run((1.0, 0.0, 0), (1.5, 5.1, 0), type_id="static.fence")) == 2


@pytest.mark.parametrize(("speed", "events"), [(0.09, 0), (0.11, 1)])
def test_an_ego_that_stands_is_not_at_fault(speed, events):
    assert len(run((1.0, 0.0, 7), speed=speed)) == events


def test_a_pavement_is_remembered():
    criterion = Collision()
    kerb = Contact(0, "static.sidewalk", 0.0, (0.0, 0.0, 0.0), 5.0)
    car = Contact(7, "vehicle.a", 0.1, (1.0, 0.0, 0.0), 5.0)
    criterion.update(at(0.0, (0.0, 0.0), collisions=(kerb,)))
    criterion.update(at(0.1, (1.0, 0.0), collisions=(car,)))
    assert not criterion.events


def test_the_event_tells_the_ego_as_it_was_before_the_blow():
    contact = Contact(7, "vehicle.a", 0.95, (3.0, 4.0, 0.5), 5.0)
    criterion = Collision()
    criterion.update(at(1.0, (3.2, 4.0, 0.5), collisions=(contact,)))
    assert (criterion.events[0].place, criterion.events[0].time) == ((3.0, 4.0, 0.5), 0.95)
