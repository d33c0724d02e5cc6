"""Everybody who takes part in a route beside the agent, in the order in which they take their turns."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from lead.drive.evaluation import Evaluation
from lead.scenarios.atmosphere import Atmosphere
from lead.scenarios.criteria.judge import Judge
from lead.scenarios.criteria.rules import rules_of
from lead.scenarios.director import Director
from lead.scenarios.parked import Parked
from lead.scenarios.route_file import Route
from lead.scenarios.situation import Situation
from lead.scenarios.stage import Stage
from lead.scenarios.traffic.background import BackgroundTraffic


@dataclass(frozen=True)
class Company:
    """Weather and lights, traffic, situations, parked cars and the judge, all on one stage."""

    stage: Stage
    atmosphere: Atmosphere
    traffic: BackgroundTraffic | None
    director: Director
    parked: Parked
    judge: Judge

    def finish(self) -> None:
        """Let a situation say what it still has to say, and the judge hear it, late contacts and the last segment."""
        self.director.close()
        self.judge.close()


@contextmanager
def gathered(stage: Stage, evaluation: Evaluation, route: Route, situations: Sequence[Situation]) -> Iterator[Company]:
    """Set everybody up on the stage; they leave it in the opposite order."""
    with ExitStack() as after:
        traffic = None
        if evaluation.traffic:
            stage.traffic = traffic = BackgroundTraffic(stage)
            after.callback(traffic.close)
        atmosphere = Atmosphere(stage, route.weather)
        after.callback(atmosphere.close)
        director = Director(stage, situations)
        after.callback(director.close)
        parked = Parked(stage)
        after.callback(parked.close)
        judge = Judge(stage, rules_of(evaluation.protocol))
        after.callback(judge.close)
        yield Company(stage, atmosphere, traffic, director, parked, judge)
