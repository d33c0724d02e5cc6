"""The turns across or into a stream of traffic, as one table.

Source: spec/lead-expert-and-data.md, 1.10 and 2.2 (U5). For plain left turns and interurban streams the published
expert computes classes that no rule applies; their lengths here are those of a left turn into a stream.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Turn:
    """How the traffic of a situation is judged.

    Attributes:
        near: m from the ego to the crossing from which its traffic counts.
        spread: share of the half of the ego's spare lane width that is added to a dangerous vehicle's lane.
        length: factor of a dangerous vehicle's length.
        safe_length: factor of a safe one's.
        signalised: whether lights control it; then the ego takes longer to the crossing.
        commit: m to the crossing within which the ego goes on and everybody is safe.
        joins: the ego turns into the lane in which the traffic stays beside it: only who has left its way is safe.
        published: whether the published expert applies the classes.
    """

    near: float
    spread: float
    length: float = 1.25
    safe_length: float = 1.0
    signalised: bool = False
    commit: float = 3.0
    joins: bool = False
    published: bool = False


_RIGHT = Turn(18.0, 1.75, length=1.5, commit=5.0, published=True)
_ENTER = Turn(13.0, 0.8, safe_length=0.75, commit=0.0, joins=True, published=True)
_LEFT = Turn(13.0, 0.8)

TURNS = {
    "SignalizedJunctionRightTurn": replace(_RIGHT, length=1.6, signalised=True),
    "NonSignalizedJunctionRightTurn": _RIGHT,
    "SignalizedJunctionLeftTurnEnterFlow": _ENTER,
    "NonSignalizedJunctionLeftTurnEnterFlow": _ENTER,
    "SignalizedJunctionLeftTurn": replace(_LEFT, near=23.0, signalised=True),
    "NonSignalizedJunctionLeftTurn": _LEFT,
    "InterurbanActorFlow": _LEFT,
}
