"""The sampled network against CARLA's own map, against closed forms, and its look-ups against brute force."""

from math import pi

import carla
import numpy as np
import pytest
import small_maps as maps
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.roads.generate import TOWNS
from lead.roads.library import find_map, list_maps
from lead.roads.locate import kind_mask, locate, nearest_sample
from lead.roads.network import LaneKind
from lead.roads.opendrive import parse_opendrive
from lead.roads.reference_line import reference_at, road_points
from lead.roads.sampling import build_network

SMALL = {"straight": maps.straight(elevation=(0, 0.03, 0, 0)), "winding": maps.winding(), "crossing": maps.crossing()}


def angle_between(a, b):
    return np.abs((np.asarray(a) - b + pi) % (2 * pi) - pi)


def deviations(name: str, text: str, most: int = 20_000):
    """Distance (m, in the plane inside junctions), yaw (rad) and width (m) differences to carla.Map.

    Junctions have heights of their own (`junction_heights`); section ends are left out, carla.Map may take either side.
    """
    network, reference = build_network(parse_opendrive(text)), carla.Map(name, text)
    lanes, samples = network.lanes, network.samples
    inner = np.flatnonzero((lanes.lane != 0)[samples.lane])
    rows = []
    for row in inner[:: max(1, len(inner) // most)]:
        lane = samples.lane[row]
        if row in (lanes.first[lane], lanes.last[lane] - 1):
            continue
        waypoint = reference.get_waypoint_xodr(int(lanes.road[lane]), int(lanes.lane[lane]), float(samples.s[row]))
        assert waypoint is not None, (
            f"carla.Map has no road {lanes.road[lane]} lane {lanes.lane[lane]} at {samples.s[row]}"
        )
        place = waypoint.transform.location
        axes = 2 if lanes.junction[lane] >= 0 else 3
        apart = np.linalg.norm((samples.centre[row] - (place.x, place.y, place.z))[:axes])
        turn = angle_between(np.radians(waypoint.transform.rotation.yaw), samples.yaw[row])
        rows.append((apart, turn, abs(waypoint.lane_width - samples.width[row])))
    return np.array(rows)


@pytest.mark.parametrize("name", SMALL)
def test_samples_agree_with_carla(name):
    apart, turn, width = deviations(name, SMALL[name]).T
    assert len(apart) > 30
    assert apart.max() < 0.01 and width.max() < 0.01
    # CARLA takes the slope of a lane's middle for its angle; ours is the angle of the curve itself.
    assert turn.max() < np.radians(1.0)


@pytest.mark.parametrize("name", SMALL)
def test_successors_agree_with_carla(name):
    network, reference = build_network(parse_opendrive(SMALL[name])), carla.Map(name, SMALL[name])
    lanes, samples = network.lanes, network.samples
    key = {
        place: row for row, place in enumerate(zip(lanes.road.tolist(), lanes.section.tolist(), lanes.lane.tolist()))
    }
    compared = 0
    for row in np.flatnonzero(lanes.kind == LaneKind.DRIVING):
        s = float(samples.s[lanes.last[row] - 1]) + (-0.1 if lanes.lane[row] < 0 else 0.1)
        waypoint = reference.get_waypoint_xodr(int(lanes.road[row]), int(lanes.lane[row]), s)
        found = {key[w.road_id, w.section_id, w.lane_id] for w in waypoint.next(0.2)}
        ours = set(lanes.successor[lanes.successor_start[row] : lanes.successor_start[row + 1]].tolist())
        if ours:  # at a dead end CARLA answers with what is left of the lane
            assert found == ours
            compared += 1
    assert compared or name == "straight"


def test_predecessors_are_the_reverse_of_successors():
    lanes = build_network(parse_opendrive(maps.crossing())).lanes
    rows = np.arange(len(lanes.road))
    forward = set(zip(np.repeat(rows, np.diff(lanes.successor_start)).tolist(), lanes.successor.tolist()))
    backward = set(zip(lanes.predecessor.tolist(), np.repeat(rows, np.diff(lanes.predecessor_start)).tolist()))
    assert forward == backward and len(forward) == 6


def test_neighbours_pass_over_the_centre_lane():
    lanes = build_network(parse_opendrive(maps.straight())).lanes
    row = {number: k for k, number in enumerate(lanes.lane.tolist())}
    assert lanes.left[row[-1]] == row[1] and lanes.left[row[1]] == row[-1]
    assert lanes.right[row[-1]] == row[-2] and lanes.right[row[1]] == row[2]
    assert lanes.right[row[-3]] == -1 and lanes.right[row[3]] == -1


def test_samples_run_along_the_travel_with_their_edges_on_the_right_sides():
    network = build_network(parse_opendrive(maps.winding()))
    lanes, samples = network.lanes, network.samples
    for row in np.flatnonzero(lanes.lane != 0):
        part = slice(lanes.first[row], lanes.last[row])
        step = np.diff(samples.centre[part], axis=0)
        along = np.stack([np.cos(samples.yaw[part]), np.sin(samples.yaw[part])], axis=-1)
        across = (samples.right[part] - samples.left[part])[:, :2]
        assert (np.sum(step[:, :2] * along[:-1], axis=1) > 0).all(), "samples are ordered by travel"
        assert (along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0] >= -1e-9).all(), "right lies to the right"
        assert np.abs(np.diff(samples.s[part])).max() <= 2.0 + 1e-9
    bent = (samples.s > 62.5) & (np.roll(samples.lane, -1) == samples.lane)  # curvature above 1/30
    assert np.abs(np.roll(samples.s, -1) - samples.s)[bent].max() <= 1.0 + 1e-9


def test_yaw_is_the_direction_of_the_centre_line_even_where_the_lane_offset_shifts_it():
    plan = maps.geometry(0, 0, 0, 0.3, 60, '<arc curvature="0.01"/>')
    offset = (0.0, 0.0, 3 * 3.0 / 60**2, -2 * 3.0 / 60**3)
    text = maps.document(maps.road(1, 60, plan, maps.section(0, maps.lane(1), maps.lane(-1)), offset=offset))
    samples = build_network(parse_opendrive(text)).samples
    step = samples.centre[2:] - samples.centre[:-2]
    whole = samples.lane[2:] == samples.lane[:-2]
    assert angle_between(np.arctan2(step[:, 1], step[:, 0]), samples.yaw[1:-1])[whole].max() < np.radians(0.1)


@given(st.floats(-0.08, 0.08), st.floats(-0.08, 0.08), st.floats(5, 120))
@settings(max_examples=30, deadline=None)
def test_spirals_follow_their_curvature(start, end, length):
    shape = f'<spiral curvStart="{start}" curvEnd="{end}"/>'
    text = maps.document(
        maps.road(1, length, maps.geometry(0, 2, 3, 0.7, length, shape), maps.section(0, maps.lane(1)))
    )
    geometries = parse_opendrive(text).geometries
    s = np.linspace(0, length, 4001)
    points = np.array([reference_at(geometries, 0, value)[:3] for value in s])
    heading = 0.7 + start * s + 0.5 * (end - start) / length * s**2
    middle = 0.5 * (heading[1:] + heading[:-1])
    step = length / 4000
    expected = [2 + np.sum(np.cos(middle)) * step, 3 + np.sum(np.sin(middle)) * step]
    assert np.allclose(points[-1, :2], expected, atol=1e-4)
    assert np.allclose(points[:, 2], heading)


@pytest.mark.parametrize(
    "shape",
    [
        '<spiral curvStart="0.02" curvEnd="0.02"/>',
        '<arc curvature="0.02"/>',
        '<paramPoly3 pRange="arcLength" aU="0" bU="1" cU="0" dU="-6.6e-5" aV="0" bV="0" cV="0.01" dV="0"/>',
        '<poly3 a="0" b="0" c="0.01" d="0"/>',
    ],
)
def test_other_shapes_come_close_to_the_arc_they_imitate(shape):
    text = maps.document(maps.road(1, 10, maps.geometry(0, 0, 0, 0, 10, shape), maps.section(0, maps.lane(-1))))
    x, y, heading, _ = reference_at(parse_opendrive(text).geometries, 0, 10.0)
    assert (x, y) == pytest.approx((np.sin(0.2) / 0.02, (1 - np.cos(0.2)) / 0.02), abs=0.02)
    assert heading == pytest.approx(0.2, abs=0.01)


def test_road_points_are_in_carlas_frame():
    rows = road_points(parse_opendrive(maps.straight(heading=0.5)), [7, 7], [10.0, 20.0], [0.0, 2.0])
    assert rows[0] == pytest.approx([10 * np.cos(0.5), -10 * np.sin(0.5), 0, -0.5])
    assert rows[1, :2] == pytest.approx([20 * np.cos(0.5) - 2 * np.sin(0.5), -(20 * np.sin(0.5) + 2 * np.cos(0.5))])


@given(st.floats(-5, 105), st.floats(-4, 4))
@settings(max_examples=100, deadline=None)
def test_locate_finds_lane_and_offset_on_a_street(x, y):
    network = STREET
    found = locate(network, (x, y))
    expected = -1 if y > 0 else 1  # CARLA's y points right
    if abs(y) > 1e-6:
        assert network.lanes.lane[found.lane] == expected
    inside = min(max(x, 0), 100)
    assert abs(network.samples.centre[found.sample, 0] - inside) <= 1.0 + 1e-6
    assert found.offset == pytest.approx(abs(y) - 1.75, abs=1e-6), "positive to the right of the travel"


STREET = build_network(parse_opendrive(maps.straight()))


def test_locate_prefers_the_heading_and_the_height_asked_for():
    mask = kind_mask([LaneKind.DRIVING])
    lanes = STREET.lanes
    near_centre = nearest_sample(STREET, 50.0, 0.3, 0.0, pi, mask, 50.0)
    assert lanes.lane[near_centre[0]] == 1, "just across the centre line, but heading west"
    far_over = nearest_sample(STREET, 50.0, 1.75, 0.0, pi, mask, 50.0)
    assert lanes.lane[far_over[0]] == -1, "in the middle of the other lane: a wrong-way driver"
    network = build_network(parse_opendrive(maps.bridge()))
    for z, road in ((0.0, 1), (7.0, 2)):
        found = nearest_sample(network, 0.2, 0.3, z, np.nan, mask, 50.0)
        assert network.lanes.road[found[0]] == road and found[5] == pytest.approx(z)
    assert nearest_sample(STREET, 50.0, 500.0, 0.0, np.nan, mask, 50.0)[0] == -1


def test_locate_far_from_roads_agrees_with_brute_force():
    network = build_network(parse_opendrive(maps.crossing()))
    rng = np.random.default_rng(3)
    driving = (network.lanes.kind == LaneKind.DRIVING)[network.samples.lane]
    for x, y in rng.uniform((-30, -30), (150, 90), (200, 2)):
        found = nearest_sample(network, x, y, np.nan, np.nan, kind_mask([LaneKind.DRIVING]), 200.0)
        nearest = np.min(np.hypot(*(network.samples.centre[driving, :2] - (x, y)).T))
        assert found[6] <= nearest + 1e-9
        if nearest > 2.0:  # outside all lanes the nearest centre line wins
            assert found[6] > nearest - 0.6


@pytest.mark.parametrize("name", TOWNS)
def test_generated_towns_agree_with_carla(name):
    apart, _, width = deviations(*find_map(name), most=3000).T
    assert apart.max() < 0.02 and width.max() < 0.02


def test_real_towns_agree_with_carla():
    towns = [entry.name for entry in list_maps() if entry.source == "fetched" and entry.size < 5_000_000]
    if not towns:
        pytest.skip("no CARLA town is cached: run `lead maps fetch`")
    for name in towns:
        apart, _, width = deviations(*find_map(name)).T
        # A few samples lie on breaks of the maps' own formulas, where widths jump.
        assert np.quantile(apart, 0.999) < 0.01 and np.quantile(width, 0.999) < 0.01, name


def test_roads_that_cross_in_a_junction_share_their_height_where_they_overlap():
    rising = maps.crossing().replace(
        '<elevation s="0" a="0" b="0" c="0" d="0"/>', '<elevation s="0" a="1" b="0" c="0" d="0"/>'
    )
    network = build_network(parse_opendrive(rising))
    assert np.allclose(network.samples.centre[:, 2], 1.0), "level roads stay as they are"
    # A hump of 0.4 m in the middle of the straight connecting road, none in the turn beside it.
    hump = f'a="1" b="0" c="{4 * 0.4 / 20**2 * 4}" d="{-4 * 0.4 / 20**3 * 4}"'
    before, after = rising.split('<road name="r10"')
    humped = before + '<road name="r10"' + after.replace('a="1" b="0" c="0" d="0"', hump, 1)
    network = build_network(parse_opendrive(humped))
    lanes, samples = network.lanes, network.samples
    turn = int(np.flatnonzero((lanes.road == 11) & (lanes.lane == -1))[0])
    z = samples.centre[lanes.first[turn] : lanes.last[turn], 2]
    assert z[0] == pytest.approx(1.0) and z[-1] == pytest.approx(1.0), "at its ends a road keeps its own height"
    assert z.max() > 1.05, "where it lies under the hump the turn rises with it"
    straight = int(np.flatnonzero((lanes.road == 10) & (lanes.lane == 1))[0])
    s = samples.s[lanes.first[straight] : lanes.last[straight]]
    own = 1 + 4 * 0.4 / 20**2 * 4 * s**2 - 4 * 0.4 / 20**3 * 4 * s**3
    outer = samples.right[lanes.first[straight] : lanes.last[straight], 2]
    assert np.allclose(outer, own), "an edge that no other road covers keeps its height"
