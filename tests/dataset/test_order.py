"""Epochs differ, come back with their seed, go on from anywhere, and mix as asked."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.dataset.order import Order, Part
from lead.dataset.routes import RouteEntry, Selection, select


def route(name: str, frames: int = 10, town: str = "Town01", situations=("Accident",), weather="ClearNoon", kept=True):
    return RouteEntry(Path(name), frames, town, situations, weather, kept)


def pool(*sizes: int):
    return select([route(f"{k}", size) for k, size in enumerate(sizes)], Selection(skip_first=0, skip_last=0))


def drawn(order: Order, epoch: int, **where) -> list[tuple[int, int, int]]:
    """Which frames come, as pool, route, row."""
    found = []
    for key in order.keys(epoch, **where):
        frames, item = order.at(key)
        number = [part.pool for part in order.parts].index(frames) if len(order.parts) > 1 else 0
        found.append((number, int(frames.route_of[item]), int(frames.row_of[item])))
    return found


def test_an_epoch_has_every_frame_once_in_an_order_of_its_own():
    order = Order([Part(pool(7, 13))], seed=1)
    first, second = drawn(order, 0), drawn(order, 1)
    assert sorted(first) == sorted(second) and len(set(first)) == 20 and first != second
    assert first == drawn(Order([Part(pool(7, 13))], seed=1), 0) != drawn(Order([Part(pool(7, 13))], seed=2), 0)


@given(st.integers(0, 20), st.integers(1, 5))
def test_training_goes_on_where_it_stopped_and_is_shared_among_processes(start, ranks):
    order = Order([Part(pool(20))], seed=3)
    whole = drawn(order, 5)
    shares = [drawn(order, 5, start=start, rank=rank, ranks=ranks) for rank in range(ranks)]
    assert len({len(share) for share in shares}) == 1
    together = [share[k] for k in range(len(shares[0])) for share in shares]
    assert together == whole[start : start + len(together)] and len(whole) - start - len(together) < ranks


def test_a_large_pool_shows_other_frames_each_epoch_until_all_were_seen():
    order = Order([Part(pool(30))], length=10, seed=0)
    seen = [set(drawn(order, epoch)) for epoch in range(3)]
    assert len(seen[0] | seen[1] | seen[2]) == 30
    assert len(set(drawn(order, 3))) == 10


@given(st.floats(0.01, 10.0), st.integers(1, 60))
def test_parts_have_their_shares(share, length):
    order = Order([Part(pool(4), 1.0), Part(pool(9), share)], length=length)
    count = Counter(number for number, _, _ in drawn(order, 0))
    assert sum(count.values()) == length
    assert abs(count[1] - length * share / (1.0 + share)) < 1.0
    rows = Counter(frame for frame in drawn(order, 0) if frame[0] == 0)
    assert not rows or max(rows.values()) - min(rows.values()) <= 1 or len(rows) < 4


@pytest.mark.parametrize("shares", [[], [-1.0], [0.0, 0.0], [float("nan")]])
def test_shares_that_cannot_be_mixed_are_refused(shares):
    with pytest.raises(InputError, match="shares"):
        Order([Part(pool(3), share) for share in shares], length=5)


def test_a_part_may_be_left_out():
    assert {number for number, _, _ in drawn(Order([Part(pool(3)), Part(pool(3), 0.0)], length=5), 0)} == {0}


def test_routes_are_chosen_by_what_they_are():
    routes = [
        route("a", town="Town13"),
        route("b", situations=("ParkingExit", "Accident")),
        route("c", weather="HardRainNight"),
        route("d", kept=False),
        route("e", frames=2),
    ]

    def names(**chosen):
        return [entry.folder.name for entry in select(routes, Selection(**chosen)).routes]

    assert names() == ["a", "b", "c"]
    assert names(not_towns=("Town13",)) == ["b", "c"]
    assert names(situations=("ParkingExit",)) == ["b"]
    assert names(not_situations=("ParkingExit",)) == ["a", "c"]
    assert names(weathers=("HardRainNight", "x")) == ["c"]
    assert names(rejected=True, skip_first=0, skip_last=0) == ["a", "b", "c", "d", "e"]
    assert select(routes, Selection(every=4)).row_of.tolist() == [1, 5] * 3
    with pytest.raises(InputError, match="no frame is left"):
        names(towns=("Town99",))


class Told:
    """A recording of which nothing but its speeds is known."""

    def __init__(self, own: list[float], target: list[float]) -> None:
        self.told = np.array([own, target]).T

    def speeds(self, rows):
        return self.told[list(rows)]


def test_standing_counts_less_and_departures_more():
    own = [0.0, 0.0, 0.0, 0.09, 0.11, 1.9, 2.1, 5.0, 0.0, 0.0]
    target = [2.6, 0.0, 0.09, 0.0, 0.0, 2.5, 9.0, 0.0, 0.0, 0.51]
    drive = replace(route("a", 10), opened=lambda folder: Told(own, target))
    rows = {"skip_first": 0, "skip_last": 0}

    def taken(**chosen):
        return select([drive], Selection(**rows, **chosen)).row_of.tolist()

    assert taken() == list(range(10))
    assert taken(standing_every=2) == [0, 2, 4, 5, 6, 7, 8, 9]  # 1 and 3 stand; 4 is moving by 0.01 m/s
    assert taken(departures=3) == [0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 9, 9]  # 6 is too fast to be one
    assert taken(standing_every=100, departures=2) == [0, 0, 4, 5, 5, 6, 7, 9, 9]
