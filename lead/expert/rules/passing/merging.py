"""Whether there is room for the ego: on the lane of its own direction beside it, or where it comes back to its lane."""

import numpy as np

from lead.expert.path import Shift
from lead.expert.rules.passing.obstacles import beside_route, on_wheels, speed_along
from lead.expert.scene import LOST, SPACING, Briefing
from lead.expert.view import View

BESIDE = 0.6  # of the lane's width from the lane's middle
LEAST_GAP = 1.5  # m from bumper to bumper
MEETING_TIMES = (10.0, 40.0), (1.5, 0.2)  # s of waiting, and s for which a gap that closes must last by then
STOPPING_GAP = (
    8.0  # m to the vehicle behind which the ego comes back: it stops at 4 m, in its lane with all of its length
)


def lane_free(view: View, left: bool, waited: float, later: float = 0.0, speed: float | None = None) -> bool:
    """Whether nobody on the lane to the left or right is beside the ego or would be there soon. The ego has `waited`
    (s) for that, and takes smaller gaps as it waits; it is there so much (s) `later` than at once, at a speed (m/s),
    its own if none is told. The published expert begins its lane changes without this look and leaves it to the
    forecasts to break them off, half on the other lane.
    """
    actors, ego = view.actors, view.scene.ego
    ahead, aside, turned, _ = beside_route(view, actors.middle, actors.pose[:, 4])
    distance = -view.route.left[view.index] if left else view.route.right[view.index]
    there = np.abs(aside - distance) < BESIDE * view.route.lane_width[view.index]
    there &= on_wheels(actors) & (np.abs(turned) < 0.5 * np.pi)
    gap = np.abs(ahead) - actors.extent[:, 0] - ego.extent[0]
    along = speed_along(actors, turned)
    own = view.speed if speed is None else speed
    closing = np.where(ahead > 0.0, own - along, along - own)
    time = later + float(np.interp(waited, *MEETING_TIMES))
    return not (there & (gap - time * np.maximum(closing, 0.0) < LEAST_GAP)).any()


def taken_behind(view: View, briefing: Briefing, shift: Shift, time: float) -> int:
    """Id of a vehicle on the ego's own lane that will leave it no room behind a shift in so much time (s): a queue at a
    light, say; LOST if nobody does. The published expert does not look, and meets it at overtaking speed."""
    actors = view.actors.rows(on_wheels(view.actors) & ~view.actors.among(briefing.ids))
    ahead, aside, turned, _ = beside_route(view, actors.middle, actors.pose[:, 4])
    there = (np.abs(aside) < 0.5 * view.route.lane_width[view.index]) & (np.abs(turned) < 0.5 * np.pi)
    there &= ahead > (0.5 * (shift.start + shift.end) - view.index) * SPACING
    rear = ahead - actors.extent[:, 0] + time * np.maximum(speed_along(actors, turned), 0.0)
    back = (shift.end - view.index) * SPACING + view.scene.ego.extent[0] + STOPPING_GAP
    rows = np.flatnonzero(there & (rear < back))
    return int(actors.ids[rows[np.argmin(rear[rows])]]) if len(rows) else LOST
