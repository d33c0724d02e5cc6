"""What the director does about situations that cannot go on."""

import carla
import pytest
from playing import acting, plan_along, situation, visit

from lead.scenarios import catalogue
from lead.scenarios.cast import Cast
from lead.scenarios.director import Part


def play_with(stage, order, cars, error):
    """A situation that looks at its car each tick, or raises an error when it begins."""
    with Cast(stage, order) as cast:
        car = cast.car(order.waypoint.next(60.0)[0].transform, "vehicle.tesla.model3")
        cars.append(car)
        yield from order.triggered()
        if error is not None:
            raise error
        while True:
            car.get_location()
            yield


def playing(client: carla.Client, monkeypatch: pytest.MonkeyPatch, cars: list, error: Exception | None = None):
    monkeypatch.setitem(catalogue._PLAYS, "Looking", lambda stage, order: play_with(stage, order, cars, error))
    start = visit(client, "GridCity").get_world().get_map().get_spawn_points()[0]
    trigger = client.get_world().get_map().get_waypoint(start.location)
    return acting(client, "GridCity", plan_along(trigger, 100.0), situation("Looking", trigger.next(5.0)[0].transform))


def test_a_situation_whose_actor_is_destroyed_by_another_ends(client: carla.Client, monkeypatch: pytest.MonkeyPatch):
    cars = []
    with playing(client, monkeypatch, cars) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 20.0)
        act.tick()
        cars[0].destroy()  # as TrafficManager does with the handle it was given
        act.tick(ego_drives=False)
        assert act.played.part is Part.ENDED and "taken away" in act.played.reason


def test_other_errors_of_the_client_are_not_swallowed(client: carla.Client, monkeypatch: pytest.MonkeyPatch):
    with playing(client, monkeypatch, [], RuntimeError("time-out while waiting for the simulator")) as act:
        with pytest.raises(RuntimeError, match="time-out"):
            act.run(lambda act: act.over, 20.0)
