"""Situations without actors: the route itself is the task."""

from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import drives, within_limit
from lead.scenarios.order import Order
from lead.scenarios.script import Script
from lead.scenarios.stage import Stage

WAY = 200.0  # m


@plays("SequentialLaneChange", "T_Junction")
def plain_way(stage: Stage, order: Order) -> Script:
    """Drive on for 200 m among the background traffic."""
    yield from order.triggered()
    yield from within_limit(stage, order.name, drives(stage.ego, WAY))
