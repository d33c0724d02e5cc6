"""TransFuser v6: the parts that a configuration lists, put together."""

from torch import Tensor, nn

from lead import InputError
from lead.model.backbone import Backbone
from lead.model.batch import ALL, BevPrediction, Heads, Inputs, Predictions
from lead.model.bev_heads import BevSemanticDecoder, CenterNet
from lead.model.config import BevHeadsConfig, ModelConfig
from lead.model.perspective_decoder import PerspectiveDecoder
from lead.model.planning_decoder import Plan, PlanningDecoder
from lead.model.radar_detector import RadarDetector


class TransFuser(nn.Module):
    """Parameters are named as in the published checkpoints (spec/tfv6.md, 1.2)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        _check_parts(config)
        self.backbone = Backbone(config) if config.backbone else None
        bev, image = (self.backbone.bev_channels, self.backbone.image_channels) if self.backbone else (None, None)
        perspective, size = config.perspective, (config.rig.image_height, config.rig.image_width)
        if perspective is not None:
            self.semantic_decoder = PerspectiveDecoder(image, perspective.semantic_classes, size, perspective)
            self.depth_decoder = PerspectiveDecoder(image, 1, size, perspective) if perspective.depth else None
        for heads, suffix in ((config.carla, ""), (config.navsim, "_navsim")):
            if heads is not None:
                self._add_bev_heads(heads, suffix)
        self.radar_detector = RadarDetector(config, config.radar, bev) if config.radar else None
        self.planning_decoder = PlanningDecoder(config, config.planning, bev) if config.planning else None

    def forward(self, inputs: Inputs, heads: Heads = ALL) -> Predictions:
        """What the model says, of `heads` those that the variant has.

        Raises InputError if an input that this needs is missing.
        """
        self._check(inputs, heads)
        bev_BCYX, image_BCHW = self._look(inputs)
        radar = self._radar(bev_BCYX, inputs, heads)
        plan = self._plan(bev_BCYX, inputs, radar, heads)
        ground = bool(heads & (Heads.BEV_SEMANTIC | Heads.BOXES)) and (self.config.carla or self.config.navsim)
        cells_BCYX = self.backbone.top_down(bev_BCYX) if ground else None
        semantic, depth = self._perspective(image_BCHW, heads)
        return Predictions(
            **({} if plan is None else vars(plan)),
            radar=None if radar is None else radar[0],
            semantic=semantic,
            depth=depth,
            carla=self._bev(cells_BCYX, heads, "") if self.config.carla else None,
            navsim=self._bev(cells_BCYX, heads, "_navsim") if self.config.navsim else None,
        )

    def _add_bev_heads(self, heads: BevHeadsConfig, suffix: str) -> None:
        channels = self.config.backbone.bev_channels
        self.add_module(f"bev_semantic_decoder{suffix}", BevSemanticDecoder(channels, self.config.bev, heads))
        self.add_module(f"center_net_decoder{suffix}", CenterNet(channels, heads))

    def _look(self, inputs: Inputs) -> tuple[Tensor | None, Tensor | None]:
        if self.backbone is None or inputs.bev_features is not None:
            return inputs.bev_features, None
        return self.backbone(inputs.rgb, inputs.lidar)

    def _asks_radar(self, heads: Heads) -> bool:
        planner_asks = self.config.planning is not None and self.config.planning.status.radar and Heads.PLAN in heads
        return self.radar_detector is not None and (planner_asks or Heads.RADAR in heads)

    def _radar(self, bev_BCYX: Tensor | None, inputs: Inputs, heads: Heads) -> tuple[Tensor, Tensor] | None:
        if not self._asks_radar(heads):
            return None
        return self.radar_detector(bev_BCYX, inputs.radar, inputs.speed)

    def _plan(
        self, bev_BCYX: Tensor | None, inputs: Inputs, radar: tuple[Tensor, Tensor] | None, heads: Heads
    ) -> Plan | None:
        if self.planning_decoder is None or Heads.PLAN not in heads:
            return None
        return self.planning_decoder(bev_BCYX, inputs, radar)

    def _perspective(self, image_BCHW: Tensor | None, heads: Heads) -> tuple[Tensor | None, Tensor | None]:
        if self.config.perspective is None:
            return None, None
        semantic = self.semantic_decoder(image_BCHW) if Heads.SEMANTIC in heads else None
        if self.depth_decoder is None or Heads.DEPTH not in heads:
            return semantic, None
        return semantic, self.depth_decoder(image_BCHW).squeeze(1)

    def _bev(self, cells_BCYX: Tensor | None, heads: Heads, suffix: str) -> BevPrediction:
        semantic_decoder = getattr(self, f"bev_semantic_decoder{suffix}")
        center_net = getattr(self, f"center_net_decoder{suffix}")
        return BevPrediction(
            semantic=semantic_decoder(cells_BCYX) if Heads.BEV_SEMANTIC in heads else None,
            boxes=center_net(cells_BCYX) if Heads.BOXES in heads else None,
        )

    def _check(self, inputs: Inputs, heads: Heads) -> None:
        cached = inputs.bev_features is not None
        needed = {"lidar"} if self.config.sees_lidar and not cached else set()
        if self._asks_radar(heads):
            needed.add("radar")
        if self.config.planning is not None and Heads.PLAN in heads:
            status, unrolled = self.config.planning.status, self.config.planning.head == "gru"
            needed |= {"acceleration"} if status.max_acceleration is not None else set()
            needed |= {"command"} if status.commands else set()
            needed |= {"target_points"} if status.target_points or unrolled else set()
            needed |= {"past_positions", "past_speeds"} if status.past_samples and not self.config.compat else set()
        missing = sorted(name for name in needed if getattr(inputs, name) is None)
        if missing:
            raise InputError(f"model {self.config.name} needs {', '.join(missing)}, which the inputs do not hold")
        if cached:
            if heads & (Heads.SEMANTIC | Heads.DEPTH):
                raise InputError(
                    f"model {self.config.name}: cached features have no pictures; ask for what is seen from above"
                )
            return
        size = (self.config.rig.image_height, self.config.rig.image_width)
        if inputs.rgb is None or tuple(inputs.rgb.shape[-2:]) != size:
            raise InputError(f"model {self.config.name} sees pictures of {size} pixels; got {_shape(inputs.rgb)}")


def _shape(value: Tensor | None) -> tuple[int, ...] | None:
    return None if value is None else tuple(value.shape)


def _check_parts(config: ModelConfig) -> None:
    """Raises InputError if a part is asked for that there is nothing to look at for."""
    looking = ("radar", "perspective", "carla", "navsim")
    given = [name for name in looking if getattr(config, name) is not None]
    if config.backbone is None and (given or config.planning is None):
        raise InputError(
            f"model {config.name} has no backbone but {', '.join(given) or 'no planning'}; a blind model is a planner alone"
        )
