"""What the ego ran into."""

from math import dist

from lead.scenarios.criteria.events import Event
from lead.scenarios.criteria.moment import Contact, Moment, Place

SAME_OTHER = 5.0  # s in which a further blow by the same actor is the same collision
SAME_PLACE = 5.0  # m around the last collision that must be left before another counts
STANDING = 0.1  # m/s below which the ego is not at fault


class Collision:
    """One event per collision, told at the ego's place.

    As upstream (leaderboard 2.0): the place is forgotten once it has been left; what is no actor (id 0) is remembered
    by its place alone; and a pavement is no infraction but is remembered all the same.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._other: int | None = None
        self._time = 0.0
        self._place: Place | None = None

    def update(self, moment: Moment) -> None:
        """Count the tick's blows, then forget what is long ago or far away."""
        for contact in moment.collisions:
            self._count(contact)
        if self._place is not None and dist(moment.place, self._place) > SAME_PLACE:
            self._place = None
        if moment.time - self._time > SAME_OTHER:
            self._other = None

    def _count(self, contact: Contact) -> None:
        same_place = self._place is not None and dist(contact.place, self._place) <= SAME_PLACE
        if contact.actor_id == self._other or same_place or contact.speed < STANDING:
            return
        self._time, self._place = contact.time, contact.place
        if contact.actor_id != 0:
            self._other = contact.actor_id
        kind = _kind(contact.type_id)
        if kind is not None:
            self.events.append(Event(kind, contact.time, contact.place, contact.actor_id, contact.type_id))


def _kind(type_id: str) -> str | None:
    if ("static" in type_id or "traffic" in type_id) and "sidewalk" not in type_id:
        return "collisions_layout"
    if "vehicle" in type_id:
        return "collisions_vehicle"
    return "collisions_pedestrian" if "walker" in type_id else None
