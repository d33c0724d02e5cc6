"""The traffic ahead of the ego brakes hard.

Source: spec/benchmarks.md, 2.4 (HardBreakRoute).
"""

from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import drives, idle
from lead.scenarios.order import Order
from lead.scenarios.script import Script
from lead.scenarios.stage import Stage

STOPPED = 10.0  # s for which the traffic stands
DRIVEN = 15.0  # m by the ego to the end


@plays("HardBreakRoute")
def hard_brake(stage: Stage, order: Order) -> Script:
    """What drives ahead stops with its brake lights on, and goes on after a while."""
    yield from order.triggered()
    stage.traffic.stop_front_vehicles()
    try:
        yield from idle(stage, STOPPED)
    finally:
        stage.traffic.start_front_vehicles()
    yield from drives(stage.ego, DRIVEN)
