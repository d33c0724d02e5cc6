"""The planner: a query per route point, per waypoint and for the target speed, answered from the context's tokens."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lead.model.batch import Inputs, TargetPoint
from lead.model.config import ModelConfig, PlanningConfig
from lead.model.planning_context import PlanningContext
from lead.model.query_decoder import query_decoder


@dataclass(frozen=True)
class Plan:
    """Where to go, in the ego frame (m); None is what the variant does not predict."""

    route: Tensor | None  # (B, route_points, 2)
    waypoints: Tensor  # (B, waypoints, 2)
    headings: Tensor | None  # (B, waypoints) rad
    target_speed_logits: Tensor | None  # (B, target_speeds)
    target_speed: Tensor | None  # (B,) m/s


class PlanningDecoder(nn.Module):
    """A transformer decoder over the context, with its heads (spec/tfv6.md, 1.5)."""

    def __init__(self, config: ModelConfig, planning: PlanningConfig, bev_channels: int | None) -> None:
        super().__init__()
        size = planning.token_size
        self.planning = planning
        self.planning_context_encoder = PlanningContext(config, planning, bev_channels)
        queries = planning.route_points + planning.waypoints + bool(planning.target_speeds)
        self.query = nn.Parameter(torch.rand(1, queries, size))
        self.transformer_decoder = query_decoder(
            size, planning.layers, planning.heads, planning.feedforward, planning.dropout
        )
        unrolled = planning.head == "gru"
        if unrolled:
            self.tp_encoder = nn.Linear(2, size)
            self.wp_gru = nn.GRU(size, size, batch_first=True)
            self.route_gru = nn.GRU(size, size, batch_first=True) if planning.route_points else None
        self.wp_decoder = _displacement(size, unrolled)
        if planning.route_points:
            self.route_decoder = _displacement(size, unrolled)
        if planning.headings:
            self.heading_decoder = nn.Linear(size, 1)
        if planning.target_speeds:
            self.target_speed_decoder = nn.Sequential(
                nn.Linear(size, size), nn.ReLU(inplace=True), nn.Linear(size, len(planning.target_speeds))
            )
        self.register_buffer("target_speeds", torch.tensor(planning.target_speeds), persistent=False)

    def forward(self, bev_BCYX: Tensor | None, inputs: Inputs, radar: tuple[Tensor, Tensor] | None) -> Plan:
        """The plan.

        Args:
            bev_BCYX: the backbone's bird's-eye view, if there is one.
            inputs: what the ego knows.
            radar: detections (B, Q, 4) and their features (B, Q, C), for planners that use them.
        """
        context_BNC = self.planning_context_encoder(bev_BCYX, inputs, radar)
        answers_BQC = self.transformer_decoder(self.query.expand(len(context_BNC), -1, -1), context_BNC)
        counts = (self.planning.route_points, self.planning.waypoints, int(bool(self.planning.target_speeds)))
        route_BRC, waypoints_BWC, speed_B1C = answers_BQC.split(counts, 1)
        start_1BC = self._start(inputs)
        headings = self.heading_decoder(waypoints_BWC).squeeze(-1).cumsum(1) if self.planning.headings else None
        logits_BK, speed_B = self._speed(speed_B1C)
        return Plan(
            route=self._route(route_BRC, start_1BC) if self.planning.route_points else None,
            waypoints=self._waypoints(waypoints_BWC, start_1BC),
            headings=headings,
            target_speed_logits=logits_BK,
            target_speed=speed_B,
        )

    def _start(self, inputs: Inputs) -> Tensor | None:
        """The hidden state (1, B, C) that GRUs begin with: the target point."""
        if self.planning.head == "cumulative":
            return None
        return self.tp_encoder(inputs.target_points[:, TargetPoint.CURRENT])[None]

    def _route(self, answers_BRC: Tensor, start_1BC: Tensor | None) -> Tensor:
        if start_1BC is not None:
            answers_BRC, _ = self.route_gru(answers_BRC, start_1BC)
        return self.route_decoder(answers_BRC).cumsum(1)

    def _waypoints(self, answers_BWC: Tensor, start_1BC: Tensor | None) -> Tensor:
        if start_1BC is not None:
            answers_BWC, _ = self.wp_gru(answers_BWC, start_1BC)
        return self.wp_decoder(answers_BWC).cumsum(1)

    def _speed(self, answers_B1C: Tensor) -> tuple[Tensor | None, Tensor | None]:
        if not self.planning.target_speeds:
            return None, None
        logits_BK = self.target_speed_decoder(answers_B1C.squeeze(1))
        return logits_BK, mean_speed(logits_BK, self.target_speeds)


def mean_speed(logits_BK: Tensor, classes_K: Tensor) -> Tensor:
    """The mean (B,) of the speed classes (m/s) under the softmax of their logits, in fp32."""
    return (logits_BK.float().softmax(-1) * classes_K).sum(-1)


def _displacement(size: int, unrolled: bool) -> nn.Module:
    linear = nn.Linear(size, 2)
    return nn.Sequential(linear) if unrolled else linear
