"""A junction with a stream of cars, for the tests of adversaries.

The route runs along +x with a junction from 40 to 60 m; the stream comes from the right (from y = +60 m) along x = 50 m
and goes to the left. So the ways meet at (50, 0), 60 m along the stream.
"""

import numpy as np
from scenes import actors, briefing, car, ego, route, scene, seen

from lead.expert.settings import LEAD

WAY = route(150.0, junctions=((40.0, 60.0),))
MEETING = 50.0  # m along the route
STREAM = np.stack([np.full(121, MEETING), 60.0 - np.arange(121.0), np.zeros(121)], axis=1)


def streaming(before, aside=0.0, speed=8.0, **more):
    """A car of the stream so many m before the meeting, `aside` m off its way."""
    return car(WAY, MEETING + aside, before, speed, turned=-np.pi / 2, **more)


def viewed(type, left, *cars, settings=LEAD, speed=5.0, flow=STREAM, **more):
    """The view of an ego `left` m before the meeting; the situation's actors are all cars unless `ids` tells."""
    everybody = actors(*cars)
    ids = more.pop("ids", everybody.ids.tolist())
    told = briefing(type, *ids, trigger=10.0, flow=flow)
    here = scene(WAY, ego(WAY, MEETING - left, speed), everybody, briefings=(told,), **more)
    return seen(here, settings)
