"""Lights and signs: what they govern, by the benchmarks' own rule on CARLA's own map, and how they are grouped."""

from dataclasses import replace
from math import cos, pi, sin

import carla
import numpy as np
import pytest
import small_maps as maps
from town_fixtures import GENERATED, cached_carla_towns, parsed, signals_of, text_of

from lead.geometry.poses import to_world
from lead.roads.network import LaneKind
from lead.roads.opendrive import parse_opendrive
from lead.roads.sampling import build_network
from lead.roads.signals import SignalKind, build_signals

# Landmarks of CARLA 0.9.16's map: lights, stop, yield and speed-limit signs, counted per reference.
LANDMARKS = {
    "Town01": (72, 0, 0, 22),
    "Town03": (112, 0, 0, 6),
    "Town05": (200, 11, 0, 18),
    "Town07": (42, 42, 38, 33),
    "Town10HD": (58, 6, 1, 0),
}
BOX = 'zOffset="0" height="1" width="1" country="OpenDRIVE" subtype="-1" value="-1" pitch="0" roll="0"'


def signal(number: int, kind: str, s: float, t: float, orientation: str, lanes: str = "", h_offset: float = 0.0) -> str:
    return (
        f'<signal name="x" id="{number}" s="{s}" t="{t}" hOffset="{h_offset}" orientation="{orientation}" type="{kind}" '
        f'dynamic="{"yes" if kind == "1000001" else "no"}" {BOX}>{lanes}</signal>'
    )


def street(signals: str = "", objects: str = ""):
    """100 m of two-way street along +x, with the given signals and objects."""
    extra = f"<objects>{objects}</objects><signals>{signals}</signals>"
    text = maps.document(
        maps.road(1, 100, maps.geometry(0, 0, 0, 0, 100), maps.section(0, *maps.two_way()), extra=extra)
    )
    opendrive = parse_opendrive(text)
    network = build_network(opendrive)
    return network, build_signals(opendrive, network)


def crossing(on_arm: str = "", on_connection: str = ""):
    """`small_maps.crossing` with signals on road 1 (the incoming arm) or on road 10 (straight through the junction)."""
    text = maps.crossing()
    for number, extra in ((1, on_arm), (10, on_connection)):
        head, tail = text.split(f'id="{number}" junction=')
        text = f'{head}id="{number}" junction=' + tail.replace("</lanes>", f"</lanes><signals>{extra}</signals>", 1)
    opendrive = parse_opendrive(text)
    network = build_network(opendrive)
    return network, build_signals(opendrive, network)


def governed(network, signals, row: int) -> set[tuple[int, int]]:
    lanes = signals.stop_lane[signals.stop_start[row] : signals.stop_start[row + 1]]
    return {(int(network.lanes.road[lane]), int(network.lanes.lane[lane])) for lane in lanes}


def benchmark_lanes(world, signals, row: int) -> set[tuple[int, int]]:
    """Lanes whose stop line the benchmarks' red-light test finds for a light (benchmarks.md 1.3), on a `carla.Map`."""
    pose, extent = signals.pose[row], signals.trigger_extent[row]
    centre = to_world(signals.trigger[row : row + 1, :3].copy(), pose)[0]
    found = set()
    for x in np.arange(-0.9 * extent[0], 0.9 * extent[0], 1.0):
        place = carla.Location(*(centre + np.array([x * cos(pose[4]), x * sin(pose[4]), 0.0])).tolist())
        waypoint = world.get_waypoint(place)
        for _ in range(400):
            ahead = [] if waypoint.is_intersection else waypoint.next(0.5)
            if not ahead or ahead[0].is_intersection:
                break
            waypoint = ahead[0]
        found.add((waypoint.road_id, waypoint.lane_id))
    return found


@pytest.mark.parametrize("orientation, lane", [("+", 1), ("-", -1)])
def test_orientation_names_lanes_as_carla_reads_it(orientation, lane):
    network, signals = street(signal(7, "274", 40, -6, orientation))
    assert governed(network, signals, 0) == {(1, lane)}


def test_validity_outweighs_orientation():
    network, signals = street(signal(7, "274", 40, -6, "+", '<validity fromLane="-2" toLane="-1"/>'))
    assert governed(network, signals, 0) == {(1, -1)}


def test_a_signal_on_an_arm_stops_at_the_junction():
    network, signals = crossing(on_arm=signal(7, "1000001", 30, -5, "-"))
    assert governed(network, signals, 0) == {(1, -1)}
    lane, sample = signals.stop_lane[0], signals.stop_sample[0]
    assert sample == network.lanes.last[lane] - 1
    assert np.allclose(network.samples.centre[sample, :2], (50.0, 1.75))


def test_a_reference_on_a_connection_governs_the_lane_that_leads_into_it():
    mark = '<validity fromLane="-1" toLane="-1"/>'
    reference = f'<signalReference id="7" s="0.1" t="0" orientation="-">{mark}</signalReference>'
    nowhere = '<validity fromLane="0" toLane="0"/>'
    network, signals = crossing(on_connection=signal(7, "1000001", 19, -6, "-", nowhere) + reference)
    assert governed(network, signals, 0) == {(1, -1)}


def test_a_lane_knows_its_light_over_the_last_forty_metres():
    network, signals = crossing(on_arm=signal(7, "1000001", 30, -5, "-"))
    covered = np.flatnonzero(signals.sample_light >= 0)
    assert set(network.samples.lane[covered]) == {signals.stop_lane[0]}
    s = network.samples.s[covered]
    assert s.max() == 50.0 and 10.0 <= s.min() <= 12.0
    assert np.allclose(signals.sample_stop[covered], 50.0 - s, atol=1e-3)


@pytest.mark.parametrize("name", ["GridCity", *cached_carla_towns("Town03", "Town05")])
def test_whoever_comes_to_a_light_knows_it_over_the_last_eight_metres(name):
    """Also where the lane before the line is shorter and leads out of another junction."""
    network, signals = parsed(name)[1], signals_of(name)
    lanes, centre = network.lanes, network.samples.centre
    lights = int((signals.kind == SignalKind.LIGHT).sum())  # the first rows
    for stop in range(signals.stop_start[lights]):
        lane, sample, gone = int(signals.stop_lane[stop]), int(signals.stop_sample[stop]), 0.0
        while gone < 8.0:
            assert signals.sample_light[sample] >= 0, (name, lane, gone)
            if sample > lanes.first[lane]:
                gone += float(np.linalg.norm(centre[sample] - centre[sample - 1]))
                sample -= 1
                continue
            before = lanes.predecessor[lanes.predecessor_start[lane] : lanes.predecessor_start[lane + 1]]
            if not len(before):
                break
            lane = int(before[0])
            sample = int(lanes.last[lane]) - 1


def test_a_painted_stop_line_moves_the_stop():
    line = signal(8, "-1", 46, -1.75, "-").replace("x", "StopLine", 1)
    network, signals = crossing(on_arm=signal(7, "1000001", 30, -5, "-") + line)
    assert network.samples.s[signals.stop_sample[0]] == pytest.approx(46.0, abs=1.1)


def test_poses_follow_the_signal_with_x_across_the_road():
    network, signals = street(signal(7, "206", 40, -6, "-"))
    assert np.allclose(signals.pose[0], (40.0, 6.0, 0.0, 0.0, pi / 2, 0.0))


def test_a_light_written_along_the_road_is_turned_across_it():
    network, signals = crossing(on_arm=signal(7, "1000001", 30, -5, "-", h_offset=pi / 2))
    assert abs(sin(signals.pose[0, 4])) == pytest.approx(1.0)


def test_heads_face_the_driver():
    network, signals = crossing(on_arm=signal(7, "1000001", 30, -5, "-"))
    assert cos(signals.head[0, 4]) == pytest.approx(-1.0)
    assert signals.head[0, 2] > 3.0


def test_speed_signs_hold_downstream_until_the_next():
    signs = signal(7, "274", 30, -6, "-").replace('value="-1"', 'value="50"')
    signs += signal(8, "274", 60, -6, "-").replace('value="-1"', 'value="20"')
    network, signals = street(signs)
    row = np.flatnonzero(network.lanes.lane == -1)[0]
    part = slice(network.lanes.first[row], network.lanes.last[row])
    s, limit = network.samples.s[part], signals.sample_limit[part]
    assert np.allclose(limit[s < 28.0], 30 * 1.609344, atol=0.01)  # the road type's 30 mph
    assert (limit[(s > 32.0) & (s < 58.0)] == 50.0).all() and (limit[s > 62.0] == 20.0).all()


def test_a_limit_goes_on_through_the_junction():
    sign = signal(7, "274", 30, -6, "-").replace('value="-1"', 'value="70"')
    network, signals = crossing(on_arm=sign)
    exits = np.flatnonzero(np.isin(network.lanes.road, (2, 3)) & (network.lanes.lane == -1))
    assert len(exits) == 2
    for row in exits:
        assert (signals.sample_limit[network.lanes.first[row] : network.lanes.last[row]] == 70.0).all()


def test_speed_objects_are_signs_for_the_side_they_face():
    shape = 'zOffset="0" pitch="0" roll="0" orientation="-" type="-1" height="0" width="0" length="0"'
    objects = f'<object id="9" name="Speed_60" s="20" t="-6" hdg="0.01" {shape}/>'
    objects += f'<object id="10" name="speed_40" s="20" t="6" hdg="3.13" {shape}/>'
    network, signals = street(objects=objects)
    assert signals.sign_id.tolist() == ["9", "10"] and signals.speed_limit.tolist() == [60.0, 40.0]
    assert governed(network, signals, 0) == {(1, -1)} and governed(network, signals, 1) == {(1, 1)}


@pytest.mark.parametrize("name", [*GENERATED, "Town03", "Town05", "Town10HD"])
def test_the_benchmarks_find_the_governed_lanes_of_every_light(name):
    if name not in GENERATED and not cached_carla_towns(name):
        pytest.skip(f"{name} is not cached: run `lead maps fetch`")
    (_, network), signals, world = parsed(name), signals_of(name), carla.Map(name, text_of(name))
    wrong = []
    for row in np.flatnonzero(signals.kind == SignalKind.LIGHT):
        expected = governed(network, signals, row)
        if expected and benchmark_lanes(world, signals, row) != expected:
            wrong.append(str(signals.sign_id[row]))
    assert wrong == []


@pytest.mark.parametrize("name", ["GridCity", "VillageCrossing"])
def test_lanes_that_cross_are_never_green_together(name):
    (_, network), signals = parsed(name), signals_of(name)
    lights = np.flatnonzero(signals.kind == SignalKind.LIGHT)
    stages = {}
    for row in lights:
        stages.setdefault((signals.group[row], signals.controller[row]), []).append(row)
    for rows in stages.values():
        yaws = network.samples.yaw[[signals.stop_sample[signals.stop_start[row]] for row in rows]]
        assert (np.abs(np.sin(yaws - yaws[0])) < 0.6).all()
    for group in set(signals.group[lights]):
        places = set(signals.controller[lights][signals.group[lights] == group].tolist())
        assert places == set(range(len(places)))


def test_lights_without_controllers_take_turns_by_approach():
    opendrive, network = parsed("GridCity")
    signals = build_signals(replace(opendrive, controllers=(), junction_controllers={}), network)
    lights = np.flatnonzero(signals.kind == SignalKind.LIGHT)
    yaw = network.samples.yaw[signals.stop_sample[signals.stop_start[lights]]]
    group, stage = signals.group[lights], signals.controller[lights]
    same_group = group[:, None] == group
    crossing = np.abs(np.sin(yaw[:, None] - yaw)) > 0.8
    assert (same_group & crossing).any()
    assert (stage[:, None] != stage)[same_group & crossing].all()
    assert (stage[:, None] == stage)[same_group & (np.abs(np.sin(yaw[:, None] - yaw)) < 0.2)].all()


@pytest.mark.parametrize("name", GENERATED)
def test_triggers_of_signs_lie_on_their_lanes(name):
    (_, network), signals = parsed(name), signals_of(name)
    signs = np.flatnonzero(np.isin(signals.kind, (SignalKind.STOP, SignalKind.YIELD)))
    for row in signs:
        centre = to_world(signals.trigger[row : row + 1, :3].copy(), signals.pose[row])[0]
        stops = signals.stop_sample[signals.stop_start[row] : signals.stop_start[row + 1]]
        assert len(stops) and (signals.trigger_extent[row, :2] >= 0.5).all()
        assert np.linalg.norm(network.samples.centre[stops, :2].mean(axis=0) - centre[:2]) < 8.0


@pytest.mark.parametrize("name", GENERATED)
def test_rows_are_ordered_and_arrays_agree(name):
    (_, network), signals = parsed(name), signals_of(name)
    ids = signals.sign_id.astype(int)
    light = signals.kind == SignalKind.LIGHT
    assert (np.diff(ids[light]) > 0).all() and (np.diff(ids[~light]) > 0).all() and not light[light.sum() :].any()
    assert signals.stop_start[-1] == len(signals.stop_lane) == len(signals.stop_sample)
    assert (network.samples.lane[signals.stop_sample] == signals.stop_lane).all()
    assert len(signals.sample_light) == len(signals.sample_limit) == len(network.samples.s)
    driving = network.lanes.kind[network.samples.lane] == LaneKind.DRIVING
    assert (signals.sample_limit[driving] >= 20.0).all() and (signals.sample_limit <= 130.0).all()
    assert ((signals.group >= 0) == light).all()


@pytest.mark.parametrize("name", LANDMARKS)
def test_landmarks_of_real_towns_are_all_found(name):
    if not cached_carla_towns(name):
        pytest.skip(f"{name} is not cached: run `lead maps fetch`")
    signals = signals_of(name)
    landmarks = carla.Map(name, text_of(name)).get_all_landmarks()
    types = {
        "1000001": SignalKind.LIGHT,
        "206": SignalKind.STOP,
        "205": SignalKind.YIELD,
        "274": SignalKind.SPEED_LIMIT,
    }
    counted = tuple(sum(mark.type == type for mark in landmarks) for type in types)
    assert counted == LANDMARKS[name]
    ours = {(int(kind), str(sign)) for kind, sign in zip(signals.kind, signals.sign_id, strict=True)}
    assert {(int(types[mark.type]), mark.id) for mark in landmarks if mark.type in types} <= ours
