"""The static things of an episode's town as its clients know them: numbered, listed, put away, and met by rays."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.level import LevelObject, list_level
from lead.rendering.probe import Probe
from lead.rendering.rays import RayHit
from lead.rendering.street.tiles import Street
from lead.server import wire
from lead.server.dispatch import Refusal

if TYPE_CHECKING:
    from lead.simulator.world import World

ANY_LABEL = 255  # CARLA's CityObjectLabel.Any
FIRST_OBJECT = 1_000_000  # ids of environment objects start here, clear of actor ids

Point = NDArray[np.float64]  # (3,) m


class Level:
    """What stands in a town, in one world after another. Ids count its things, so that they are equal in equal towns."""

    def __init__(self, street: Street, world: "World") -> None:
        self.street = street
        self._probe = Probe(street)
        self._objects: list[LevelObject] | None = None
        self.enter(world)

    def enter(self, world: "World") -> None:
        """Serve this world of the town from now on; in a new one everything stands."""
        self.world = world
        self.hidden: frozenset[str] = frozenset()  # names of the things that are put away
        self._boxes: dict[int, list[Any]] = {}  # wire boxes by label, until things come or go
        self._probe.hide(self.hidden)

    def boxes(self, label: int) -> list[Any]:
        """Wire boxes of what stands and has a `Label`; 255 for all. Not to be changed."""
        if label not in self._boxes:
            self._boxes[label] = [_box(thing) for _, thing in self._standing(label)]
        return self._boxes[label]

    def objects(self, label: int) -> list[Any]:
        """Wire EnvironmentObjects [transform, box, id, name, label] of what stands and has a `Label`; 255 for all."""
        return [
            [wire.transform(thing.pose), _box(thing), identity, thing.name, int(thing.label)]
            for identity, thing in self._standing(label)
        ]

    def names(self) -> list[str]:
        """Names of all that stands."""
        return [thing.name for _, thing in self._standing(ANY_LABEL)]

    def enable(self, identities: list[int], enabled: bool) -> None:
        """Put things in place or take them away, for rays, collisions and lists; pictures look at `hidden`.

        A traffic light or sign comes and goes with its pole, whichever piece is named. Raises Refusal for an unknown id.
        """
        things = self._list()
        unknown = [identity for identity in identities if not 0 <= identity - FIRST_OBJECT < len(things)]
        if unknown:
            raise Refusal(f"environment object {unknown[0]} is not in this town: ask get_environment_objects for ids")
        named = [things[identity - FIRST_OBJECT] for identity in identities]
        names = frozenset(thing.thing for thing in named)
        self.hidden = self.hidden - names if enabled else self.hidden | names
        self._boxes.clear()
        self.world.stand_boxes([box for thing in named for box in thing.boxes], enabled)
        self._probe.hide(self.hidden)

    def cast(self, start: Point, end: Point) -> list[RayHit]:
        """All that the segment between two points enters, nearest first."""
        return self._probe.cast(self.world, start, end)

    def project(self, start: Point, direction: Point, distance: float) -> RayHit | None:
        """The first thing that a ray from `start` in a direction of any length meets within `distance` (m)."""
        return self._probe.project(self.world, start, direction, distance)

    def _list(self) -> list[LevelObject]:
        if self._objects is None:
            self._objects = list_level(self.street)
        return self._objects

    def _standing(self, label: int) -> list[tuple[int, LevelObject]]:
        return [
            (FIRST_OBJECT + place, thing)
            for place, thing in enumerate(self._list())
            if (label in (ANY_LABEL, thing.label)) and thing.thing not in self.hidden
        ]


def _box(thing: LevelObject) -> list[Any]:
    """Wire BoundingBox."""
    place, rotation = wire.transform(thing.pose)
    return [place, thing.extent.tolist(), rotation, 0]
