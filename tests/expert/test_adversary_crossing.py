"""Where the route meets the way of a stream."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import LANE, index, line, route
from streams import MEETING, STREAM, WAY

from lead.expert.rules.adversaries.crossing import EPSILON, crossing_of, on_way


def test_the_first_point_within_half_a_metre_of_the_stream():
    crossing = crossing_of(WAY, index(10.0), STREAM)
    assert abs(crossing.index - index(MEETING - EPSILON)) <= 1
    assert crossing.along == pytest.approx(60.0)


@given(step=st.floats(0.5, 15.0), angle=st.floats(-1.2, 1.2))
def test_the_spacing_of_the_stream_and_its_angle_do_not_matter(step, angle):
    direction = np.array([np.sin(angle), -np.cos(angle), 0.0])
    flow = np.array([MEETING, 0.0, 0.0]) + np.arange(-40.0, 40.0 + step, step)[:, None] * direction
    crossing = crossing_of(WAY, index(10.0), flow)
    expected = MEETING - EPSILON / np.cos(angle)
    assert abs(crossing.index - index(expected)) <= 1
    assert crossing.along == pytest.approx(40.0 - EPSILON * np.tan(angle), abs=0.25)


def test_a_stream_that_is_joined_is_met_where_it_comes_close():
    bend = route(120.0, bends=((40.0, np.pi / 2, 10.0),))
    lane = line(bend, 60.0, 110.0)
    far = lane[0] - np.array([0.0, 80.0, 0.0])
    crossing = crossing_of(bend, index(20.0), np.vstack([far, lane]))
    assert index(40.0) < crossing.index < index(60.0)


@pytest.mark.parametrize(
    "flow", [STREAM[:0], STREAM[:1], STREAM + (400.0, 0.0, 0.0), line(WAY, 0.0, 100.0, LANE), STREAM[:40]]
)
def test_ways_that_do_not_meet(flow):
    assert crossing_of(WAY, index(10.0), flow) is None


def test_a_place_on_a_way():
    along, off = on_way(
        np.array([[50.0, 20.5, 3.0], [52.0, -10.0, 0.0], [50.0, 63.0, 0.0], [50.0, -64.0, 0.0]]), STREAM
    )
    assert along == pytest.approx([39.5, 70.0, 0.0, 120.0])
    assert off == pytest.approx([0.0, 2.0, 3.0, 4.0])
