"""Box overlap agrees with shapely; the push it names separates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from lead.geometry.boxes import contains, corners, separation, slab

place = st.floats(-6, 6)
heading = st.floats(-3.2, 3.2)
half = st.floats(0.2, 4.0)
boxes = st.tuples(place, place, heading, half, half)


@given(boxes, boxes)
def test_overlap_agrees_with_shapely(a, b):
    gap, _, _ = separation(*a, *b)
    area = Polygon(corners(*a)).intersection(Polygon(corners(*b))).area
    if gap > 1e-6:
        assert area < 1e-6
    elif gap < -1e-3:
        assert area > 0.0


@given(boxes, boxes)
def test_moving_b_along_the_normal_separates(a, b):
    gap, nx, ny = separation(*a, *b)
    assert np.isclose(np.hypot(nx, ny), 1.0)
    if gap <= 0.0:
        moved = (b[0] - gap * nx, b[1] - gap * ny, *b[2:])
        assert separation(*a, *moved)[0] > -1e-6


@given(place, place, boxes)
def test_contains_agrees_with_shapely(x, y, box):
    distance = Polygon(corners(*box)).exterior.distance(Point(x, y))
    if distance > 1e-6:
        assert contains(x, y, *box) == Polygon(corners(*box)).contains(Point(x, y))


def test_a_line_enters_and_leaves_a_box():
    one = np.ones(3)
    assert slab((-5.0, 0.0, 0.0), (1.0, 0.0, 0.0), one) == (4.0, 6.0)
    assert slab((5.0, 0.0, 0.0), (1.0, 0.0, 0.0), one) == (-6.0, -4.0), "behind"
    assert slab((0.0, 0.0, 0.0), (0.0, 2.0, 0.0), one) == (-0.5, 0.5), "from within"
    for start, ray in (((-5.0, 2.0, 0.0), (1.0, 0.0, 0.0)), ((-5.0, 0.0, 0.0), (1.0, 1.0, 0.0))):
        enter, leave = slab(start, ray, one)
        assert enter > leave, "beside"
