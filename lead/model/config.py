"""What a TransFuser is made of: one small configuration beside each part, and one that lists the parts."""

from typing import Literal

from pydantic.dataclasses import dataclass

from lead.model.rig import STRICT, Rig

STRIDE = 32
"""Pixels per anchor: the grids that the two encoders exchange tokens on are image and raster size over this."""


@dataclass(frozen=True, config=STRICT)
class BevGrid:
    """The ground around the ego as an image: rows are y (right positive), columns x (forward positive), from the low
    corner. Metres in the ego frame. `cell` is the edge, in pixels, of a cell of the grid that boxes are read from."""

    min_x: float
    max_x: float
    min_y: float
    max_y: float
    pixels_per_meter: float = 4.0
    cell: int = 4

    @property
    def height(self) -> int:
        """Rows in pixels."""
        return round((self.max_y - self.min_y) * self.pixels_per_meter)

    @property
    def width(self) -> int:
        """Columns in pixels."""
        return round((self.max_x - self.min_x) * self.pixels_per_meter)

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the grid of cells."""
        return self.height // self.cell, self.width // self.cell


@dataclass(frozen=True, config=STRICT)
class BackboneConfig:
    """Two encoders that exchange tokens after each of their four stages.

    Architectures are names of `lead.model.encoders`. `latent` replaces the LiDAR raster by the positions of its pixels
    (latent TransFuser). `ground`: the raster has the picture laid on the ground as three more channels
    (lead.model.ground). `pyramid`: if not 0, the bird's-eye view has this many channels and half the stride, finer stages of
    the raster's encoder being merged into it (lead.model.pyramid). `fusion_expansion` is the width of the MLPs over that of
    the tokens. `bev_channels` and `bev_upsample` are of the finer bird's-eye view that semantics and boxes are read from.
    """

    image_architecture: str = "resnet34"
    lidar_architecture: str = "resnet34"
    latent: bool = False
    ground: bool = False
    pyramid: int = 0
    fusion_layers: int = 2
    fusion_heads: int = 4
    fusion_expansion: int = 4
    fusion_dropout: float = 0.1
    bev_channels: int = 64
    bev_upsample: int = 2


@dataclass(frozen=True, config=STRICT)
class RadarConfig:
    """A detector of moving objects from radar returns; speeds are predicted up to `max_speed` (m/s)."""

    sensors: int = 4
    points_per_sensor: int = 75
    queries: int = 20
    token_size: int = 256
    hidden: int = 1024
    layers: int = 4
    heads: int = 8
    feedforward: int = 1024
    dropout: float = 0.1
    max_speed: float = 25.0


@dataclass(frozen=True, config=STRICT)
class StatusConfig:
    """What the planner is told besides the bird's-eye view.

    `speed`: the ego's own. Speeds are divided by `max_speed` (m/s), accelerations by `max_acceleration` (m/s2; None: not
    told). `commands` is the number of navigation commands (0: not told). `past_samples` past positions and speeds.
    `radar`: the detections.
    """

    speed: bool = True
    max_speed: float = 25.0
    max_acceleration: float | None = None
    commands: int = 6
    target_points: bool = True
    target_point_scale: tuple[float, float] = (200.0, 50.0)  # m, of x and y
    past_samples: int = 0
    radar: bool = True


@dataclass(frozen=True, config=STRICT)
class PlanningConfig:
    """A transformer decoder with a query per route point, per waypoint and for the target speed.

    `head` "cumulative" sums displacements (TFv6); "gru" unrolls them from the target point (TFv5). Waypoints lie
    `waypoint_interval` s apart. `target_speeds` (m/s) are the classes of the speed; empty: none is predicted.
    """

    head: Literal["cumulative", "gru"] = "cumulative"
    token_size: int = 64
    layers: int = 6
    heads: int = 8
    feedforward: int = 2048
    dropout: float = 0.1
    route_points: int = 10
    waypoints: int = 8
    waypoint_interval: float = 0.25
    headings: bool = False
    target_speeds: tuple[float, ...] = (0.0, 4.0, 8.0, 10.0, 13.88888888, 16.0, 17.77777777, 20.0)
    status: StatusConfig = StatusConfig()


@dataclass(frozen=True, config=STRICT)
class PerspectiveConfig:
    """Semantic classes and depth of the camera pictures: three pairs of convolutions of these `channels`, the features
    enlarged by `scales` between them. `stride` is how many pixels of the picture lie from one of the map to the next."""

    semantic_classes: int = 10
    depth: bool = True
    channels: tuple[int, int, int] = (128, 64, 32)
    scales: tuple[int, int] = (8, 4)
    stride: int = 1


@dataclass(frozen=True, config=STRICT)
class BevHeadsConfig:
    """Semantic classes and boxes of the bird's-eye view, in the classes of one data set. `stride` is how many pixels of
    the raster lie from one of the semantic map to the next."""

    semantic_classes: int = 13
    box_classes: int = 8
    yaw_bins: int = 12
    velocity: bool = True
    stride: int = 1


@dataclass(frozen=True, config=STRICT)
class ModelConfig:
    """A TransFuser. Parts that are None are not built; without `backbone` it is blind, a planner that knows its status
    and its target points alone.

    `compat` does as the published weights were trained to expect: bird's-eye-view features are sampled with x and y
    swapped, padded radar rows count as returns, the cell at the raster's origin always holds a phantom box, and points
    in a cross about the ego are missing from the LiDAR (spec/tfv6.md, traps 1 to 3). The default mends that.
    """

    name: str
    rig: Rig
    bev: BevGrid
    backbone: BackboneConfig | None = BackboneConfig()
    radar: RadarConfig | None = None
    planning: PlanningConfig | None = None
    perspective: PerspectiveConfig | None = None
    carla: BevHeadsConfig | None = None
    navsim: BevHeadsConfig | None = None
    compat: bool = False

    @property
    def sees_lidar(self) -> bool:
        """Whether the raster is looked at."""
        return self.backbone is not None and not self.backbone.latent

    @property
    def image_anchors(self) -> tuple[int, int]:
        """Rows and columns of the picture's tokens."""
        return self.rig.image_height // STRIDE, self.rig.image_width // STRIDE

    @property
    def bev_anchors(self) -> tuple[int, int]:
        """Rows and columns of the tokens of the bird's-eye view that the encoders exchange."""
        return self.bev.height // STRIDE, self.bev.width // STRIDE

    @property
    def bev_features(self) -> tuple[int, int]:
        """Rows and columns of the backbone's bird's-eye view, which the planner looks at."""
        finer = 2 if self.backbone is not None and self.backbone.pyramid else 1
        return self.bev_anchors[0] * finer, self.bev_anchors[1] * finer
