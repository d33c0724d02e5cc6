"""Wire values: golden envelopes and structs, degrees at the border, refusals with words."""

from math import pi

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.server import wire
from lead.server.physics_wire import physics_message, read_physics
from lead.simulator.blueprints import library


def test_envelopes_are_what_the_client_unwraps():
    assert msgpack.packb([1, 7, None, wire.ok(5)]) == bytes.fromhex("9401 07c0 9192 0105".replace(" ", ""))
    assert msgpack.packb(wire.done()) == bytes.fromhex("9191c2")
    assert wire.failed("no") == [[0, ["no"]]]
    assert wire.failed_void("no") == [[True, ["no"]]]


def test_a_transform_is_in_degrees_on_the_wire_and_radians_inside():
    row = wire.pose([[1, 2.5, 3], [10, 180, -90]])
    np.testing.assert_allclose(row, [1, 2.5, 3, pi / 18, pi, -pi / 2])
    np.testing.assert_allclose(np.concatenate(wire.transform(row)), [1, 2.5, 3, 10, 180, -90])


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6))
def test_transforms_survive_the_round_trip(values):
    sent = [values[:3], values[3:]]
    np.testing.assert_allclose(np.concatenate(wire.transform(wire.pose(sent))), values, rtol=1e-9, atol=1e-9)


def test_a_bounding_box_has_four_fields():
    box = wire.bounding_box(np.array([1.0, 2, 3]), np.array([4.0, 5, 6]), pi / 2, 9)
    assert box == [[1, 2, 3], [4, 5, 6], [0, 90, 0], 9]


def test_trailing_elements_are_ignored():
    assert wire.vector([1, 2, 3, 4]).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (wire.boolean, 1),
        (wire.number, True),
        (wire.number, float("nan")),
        (wire.number, "1"),
        (wire.integer, 1.0),
        (wire.actor_id, -1),
        (wire.actor_id, 1 << 32),
        (wire.text, b"bytes"),
        (wire.vector, [1, 2]),
        (wire.vector, [1, 2, 1e300]),
        (wire.location, [2e6, 0, 0]),
        (wire.vector, [1, 2, "3"]),
        (wire.vector, [1, 2, float("inf")]),
        (wire.vector, [1, 2, [3]]),
        (wire.vector, 5),
        (wire.pose, [[0, 0, 0]]),
        (wire.pose, [[0, 0, 0], None]),
        (wire.walker_control, [[1, 0, 0], 1.0]),
        (wire.vehicle_control, [0.0] * 6),
        (wire.optional(wire.number), [True]),
        (wire.optional(wire.number), []),
        (wire.sequence_of(wire.text), "text"),
        (wire.description, [1, "vehicle.x", [["color"]]]),
        (read_physics, [1]),
    ],
)
def test_wrong_values_are_refused_with_what_was_expected(reader, value):
    with pytest.raises(wire.WireError, match="found .*, expected "):
        reader(value)


def test_a_description_is_echoed_and_read():
    sent = [3, "vehicle.tesla.model3", [["color", 5, "1,2,3"], ["role_name", 4, "hero"]]]
    assert wire.description(sent) == (sent, "vehicle.tesla.model3", {"color": "1,2,3", "role_name": "hero"})


@pytest.mark.parametrize("vehicle", ["vehicle.lincoln.mkz_2020", "vehicle.yamaha.yzf"])
def test_physics_survive_the_round_trip(vehicle):
    physics = library()[vehicle].physics
    sent = msgpack.unpackb(msgpack.packb(physics_message(physics)))
    assert len(sent) == 17 and all(len(wheel) == 10 for wheel in sent[15])
    assert read_physics(sent) == physics


@pytest.mark.parametrize("place", [0, 10, 14])
def test_physics_without_a_curve_are_refused(place):
    sent = physics_message(library()["vehicle.lincoln.mkz_2020"].physics)
    sent = msgpack.unpackb(msgpack.packb(sent))
    sent[place] = []
    with pytest.raises(wire.WireError, match="found an empty .*, expected at least one"):
        read_physics(sent)
