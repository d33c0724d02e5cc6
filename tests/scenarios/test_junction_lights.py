"""Junctions at which signs and lights are the task."""

import carla
import pytest
from bumping import begin, drive_on, on_the_street, plan_through
from playing import Act, acting, situation, visit

from lead.scenarios.crossings import next_junction
from lead.scenarios.director import Part

LIT, UNLIT = (-76.0, 10.0), (-78.0, 150.0)  # m, in GridCity
SIGNS = ("VanillaNonSignalizedTurn", "VanillaNonSignalizedTurnEncounterStopsign")
LIGHTS = {  # states of the ego's light and s until they begin, after the trigger
    "VanillaSignalizedTurnEncounterGreenLight": ((0.0, "Green"), (5.0, "Red")),
    "VanillaSignalizedTurnEncounterRedLight": ((0.0, "Red"), (5.0, "Green")),
}
RED_ONCE, PRIORITY = "RedLightWithoutLeadVehicle", "PriorityAtJunction"


@pytest.fixture
def city(client: carla.Client) -> carla.Map:
    return visit(client, "GridCity").get_world().get_map()


def played(
    client: carla.Client, city: carla.Map, kind: str, place: tuple[float, float], *, turn: str = "left",
    trigger: float = 20.0, speed: float = 8.0,
):  # fmt: skip
    start = city.get_waypoint(carla.Location(*place, 0.0))
    order = situation(kind, start.next(trigger)[0].transform)
    return acting(client, "GridCity", plan_through(city, start, 280.0, turn), order, speed=speed)


def lights_of(act: Act) -> tuple[carla.TrafficLight, list[carla.TrafficLight]]:
    """The ego's light, and the others of its junction."""
    junction = next_junction(act.played.order.waypoint).junction.id
    lights = sorted(act.stage.world.get_traffic_lights_in_junction(junction), key=lambda light: light.id)
    road = act.played.order.waypoint.road_id
    (own,) = [light for light in lights if any(stop.road_id == road for stop in light.get_stop_waypoints())]
    return own, [light for light in lights if light.id != own.id]


def times_of(lights: list[carla.TrafficLight]) -> list[tuple[float, float, float]]:
    return [(light.get_green_time(), light.get_yellow_time(), light.get_red_time()) for light in lights]


def metres_after_junction(act: Act) -> float:
    """How far along its plan the ego is beyond the junction of the situation."""
    junction = next_junction(act.played.order.waypoint).junction.id
    inside = [k for k, w in enumerate(act.stage.plan.waypoints) if w.is_junction and w.junction_id == junction]
    return act.stage.nearest - inside[-1]


@pytest.mark.parametrize("kind", [*SIGNS, *LIGHTS, PRIORITY])
def test_it_ends_when_the_ego_has_left_the_junction(client: carla.Client, city: carla.Map, kind: str):
    with played(client, city, kind, UNLIT if kind in SIGNS else LIT, turn="right") as act:
        begin(act)
        drive_on(act, [], careful=False)
        assert metres_after_junction(act) == pytest.approx(1.0 if kind == PRIORITY else 11.0, abs=1.5)
        assert on_the_street(act) == [] and act.orders.given == []


@pytest.mark.parametrize("kind", LIGHTS)
def test_the_light_changes_after_5_s(client: carla.Client, city: carla.Map, kind: str):
    with played(client, city, kind, LIT, speed=4.0) as act:
        own, others = lights_of(act)
        times = times_of([own, *others])
        begin(act)
        act.tick()
        shown = []
        while act.stage.time - act.played.begun < 9.8:
            after = act.stage.time - act.played.begun - 0.1  # a command is seen in the tick after it
            shown.append((after, own.state.name))
            assert all(light.state == carla.TrafficLightState.Red for light in others)
            act.tick()
        (_, first), (change, second) = LIGHTS[kind]
        assert all(
            state == (first if after < change else second) for after, state in shown if abs(after - change) > 0.1
        )

        act.run(lambda act: act.over or act.stage.time - act.played.begun > 12.0, 5.0)
        assert not act.over
        assert (times_of([own, *others]) == times) is (second == "Red")  # red lasts 5 s, green until the end
        drive_on(act, [], careful=False)
        assert times_of([own, *others]) == times


def test_priority_is_green_until_the_end(client: carla.Client, city: carla.Map):
    with played(client, city, PRIORITY, LIT, turn="straight") as act:
        own, others = lights_of(act)
        times = times_of([own, *others])
        begin(act)
        act.tick()
        while not act.over:
            assert own.state == carla.TrafficLightState.Green
            assert all(light.state == carla.TrafficLightState.Red for light in others)
            act.tick()
        act.tick()
        assert act.played.ended - act.played.begun > 10.0 and times_of([own, *others]) == times


def test_the_next_light_turns_red_once_with_nobody_before_it(client: carla.Client, city: carla.Map):
    with played(client, city, RED_ONCE, LIT, turn="straight") as act:
        own, others = lights_of(act)
        times = times_of([own, *others])
        begin(act)
        ((name, (space,), _),) = act.orders.given
        assert name == "leave_space_in_front" and space == next_junction(act.played.order.waypoint).metres
        assert act.run(lambda act: own.get_red_time() > 1000.0, 30.0)
        away = act.stage.place.distance(own.get_location())
        assert away == pytest.approx(48.0, abs=1.5)
        begun = act.stage.time
        act.tick()
        while own.state == carla.TrafficLightState.Red:
            act.tick(ego_drives=False)
        assert own.state == carla.TrafficLightState.Green
        assert act.stage.time - begun == pytest.approx(times[0][2] + 5.0, abs=0.2)
        assert times_of([own, *others]) == times
        drive_on(act, [], careful=False)
        assert not act.stage.referee.timeouts and act.stage.referee.blocked_test


@pytest.mark.parametrize("kind", [*LIGHTS, PRIORITY, RED_ONCE])
def test_without_lights_it_is_left_out(client: carla.Client, city: carla.Map, kind: str):
    with played(client, city, kind, UNLIT) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "no traffic lights" in act.played.reason


@pytest.mark.parametrize("kind", [*LIGHTS, PRIORITY])
def test_closed_early_the_lights_go_on(client: carla.Client, city: carla.Map, kind: str):
    with played(client, city, kind, LIT) as act:
        own, others = lights_of(act)
        times = times_of([own, *others])
        begin(act)
        act.tick()
        assert times_of([own, *others]) != times
    assert times_of([own, *others]) == times
