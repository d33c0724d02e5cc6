"""Messages are written as the official tools write them and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.score import messages
from lead.score.messages import FORMS, INFRACTIONS, read_message
from lead.score.record_set import read_record_set

PLACE = (1.00049, -2.5, 0.0)
numbers = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("name", "message", "text"),
    [
        (
            "collisions_vehicle",
            messages.collision_message("vehicle.audi.tt", 2878, PLACE),
            "Agent collided against object with type=vehicle.audi.tt and id=2878 at (x=1.0, y=-2.5, z=0.0)",
        ),
        ("red_light", messages.red_light_message(5, PLACE), "Agent ran a red light 5 at (x=1.0, y=-2.5, z=0.0)"),
        ("stop_infraction", messages.stop_message(5, PLACE), "Agent ran a stop with id=5 at (x=1.0, y=-2.5, z=0.0)"),
        (
            "outside_route_lanes",
            messages.outside_route_lanes_message(4.2514, 4.2775),
            "Agent went outside its route lanes for about 4.251 meters (4.28% of the completed route)",
        ),
        (
            "min_speed_infractions",
            messages.min_speed_message(346.094),
            "Average speed is 346.09% of the surrounding traffic's one",
        ),
        (
            "yield_emergency_vehicle_infractions",
            messages.yield_message(),
            "Agent failed to yield to an emergency vehicle",
        ),
        ("scenario_timeouts", messages.scenario_timeout_message(), "Agent timed out a scenario"),
        (
            "scenario_timeouts",
            messages.scenario_timeout_message(PLACE),
            "Agent timed out a scenario at (x=1.0, y=-2.5, z=0.0)",
        ),
        (
            "route_dev",
            messages.route_deviation_message(PLACE),
            "Agent deviated from the route at (x=1.0, y=-2.5, z=0.0)",
        ),
        ("vehicle_blocked", messages.blocked_message(PLACE), "Agent got blocked at (x=1.0, y=-2.5, z=0.0)"),
        ("route_timeout", messages.route_timeout_message(), "Route timeout."),
    ],
)
def test_messages_have_the_official_wording(name, message, text):
    assert message == text
    read_message(name, message)


def test_every_infraction_has_a_form():
    assert tuple(sorted(FORMS)) == tuple(sorted(INFRACTIONS)) and len(INFRACTIONS) == 12


@given(metres=numbers, percent=st.floats(0, 100))
def test_percentages_survive_to_their_two_digits(metres, percent):
    read = read_message("outside_route_lanes", messages.outside_route_lanes_message(metres, percent))
    assert read["metres"] == round(metres, 3) and read["percent"] == round(percent, 2)
    assert read_message("min_speed_infractions", messages.min_speed_message(percent)) == {"percent": round(percent, 2)}


@given(place=st.tuples(*[st.floats(-1e5, 1e5)] * 3), number=st.integers(0, 10**6))
def test_places_survive_to_the_millimetre(place, number):
    read = read_message("collisions_layout", messages.collision_message("static.prop.box 3", number, place))
    assert (read["type"], read["id"]) == ("static.prop.box 3", number)
    assert [read[axis] for axis in "xyz"] == [round(value, 3) for value in place]


def test_a_message_of_another_form_is_refused():
    with pytest.raises(InputError, match="under 'red_light'"):
        read_message("red_light", "Agent ran a stop with id=5 at (x=1.0, y=-2.5, z=0.0)")


def test_every_published_message_has_its_form(tfv6, pdm_lite):
    count = 0
    for record in (*read_record_set([tfv6]).records, *read_record_set([pdm_lite]).records):
        for name, texts in record.infractions.items():
            for text in texts:
                read_message(name, text)
                count += 1
    assert count > 4000
