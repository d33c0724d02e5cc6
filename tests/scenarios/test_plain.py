"""Situations without actors."""

import carla
import pytest
from playing import acting, plan_along, situation

from lead.scenarios.director import Part


@pytest.mark.parametrize("kind", ["SequentialLaneChange", "T_Junction"])
def test_it_lasts_200_metres(client: carla.Client, kind: str):
    start = client.get_world().get_map().get_spawn_points()[0]
    here = client.get_world().get_map().get_waypoint(start.location)
    key_points = plan_along(here, 300.0)
    with acting(client, "GridCity", key_points, situation(kind, here.next(20.0)[0].transform), speed=10.0) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 20.0)
        begun = act.stage.place
        assert act.run(lambda act: act.over, 60.0)
        assert 20.0 < act.played.ended - act.played.begun < 40.0
        assert begun.distance(act.stage.place) > 50.0 and not act.stage.referee.timeouts
