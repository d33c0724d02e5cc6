"""Target points follow the published planner, for all pop distances at once."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.dataset.header import POP_DISTANCES
from lead.dataset.target_points import PlanFollower, told_points

steps = st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(-0.5, 0.5)), min_size=1, max_size=12)


def plan_of(moves):
    """Points that follow one another by length and turn."""
    heading = np.cumsum([turn for _, turn in moves])
    lengths = np.array([length for length, _ in moves])
    hops = np.column_stack([np.cos(heading), np.sin(heading)]) * lengths[:, None]
    return np.concatenate([np.zeros((1, 2)), np.cumsum(hops, axis=0)])


def left_after(queue, position, pop_distance):
    """What is left of a list of points when the published rule is followed word by word."""
    gone, reached, far = 0.0, 0, -1.0
    for k in range(1, len(queue)):
        if gone > 50.0:
            break
        gone += np.linalg.norm(queue[k] - queue[k - 1])
        away = np.linalg.norm(queue[k] - position)
        if far < away <= pop_distance:
            far, reached = away, k
    return queue[min(reached, max(0, len(queue) - 2)) :]


@given(steps, st.integers(0, 2**31))
@settings(deadline=None, max_examples=60)
def test_points_are_reached_as_published(moves, seed):
    places = plan_of(moves)
    rng = np.random.default_rng(seed)
    follower = PlanFollower(places, POP_DISTANCES)
    queues = [places] * len(POP_DISTANCES)
    along = np.linspace(0.0, len(places) - 1.0, 40)
    for where in along:
        k = min(int(where), len(places) - 2)
        position = places[k] + (where - k) * (places[k + 1] - places[k]) + rng.normal(0.0, 2.0, 2)
        queues = [left_after(q, position, d) for q, d in zip(queues, POP_DISTANCES)]
        assert follower.step(position).tolist() == [len(places) - len(q) for q in queues]


def test_the_points_told_are_previous_current_and_next():
    places = np.array([[0, 0], [50, 0], [50, 0], [90, 0], [120, 9]], float)
    points, commands = told_points(places, [4, 1, 1, 4, 2], reached=0)
    assert points[:, 0].tolist() == [0, 50, 90] and commands.tolist() == [4, 1, 4]
    points, commands = told_points(places, [4, 1, 1, 4, 2], reached=3)
    assert points[:, 0].tolist() == [90, 120, 120] and commands.tolist() == [4, 2, 2]


def test_a_plan_of_one_point_is_told_thrice():
    assert PlanFollower(np.zeros((1, 2)), (3.25,)).step(np.zeros(2)).tolist() == [0]
    points, _ = told_points(np.array([[3.0, 4.0]]), [4], 0)
    assert points.tolist() == [[3.0, 4.0]] * 3
