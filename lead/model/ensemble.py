"""Several models of one variant that answer as one: what an agent drives with."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.attention import SDPBackend, sdpa_kernel

from lead import InputError
from lead.model.batch import CONTROL, BevPrediction, BoxMaps, Heads, Inputs, Predictions, tensors_of
from lead.model.boxes import boxes_to_ego, decode_boxes
from lead.model.planning_decoder import mean_speed
from lead.model.suppression import suppress
from lead.model.transfuser import TransFuser

MEANS = ("route", "waypoints", "headings", "target_speed_logits", "depth")
"""What members are averaged in."""
CLASSES = ("semantic", "carla.semantic", "navsim.semantic")
"""Where the most that any member says of a class counts, and the least of the class that means nothing."""


@dataclass(frozen=True)
class Consensus:
    """What an ensemble says of B samples: means and classes (without box maps), and boxes of each sample (K, 9) as
    `Box` in the ego frame (m) if they were asked for."""

    predictions: Predictions
    boxes: tuple[Tensor, ...] | None


class Ensemble:
    """One or more models of the same configuration, in evaluation mode and without gradients.

    On an accelerator the members run as one batched call, their weights stacked; on a CPU one after the other, which is
    quicker there. `batched` overrides that choice.
    """

    def __init__(self, members: Sequence[TransFuser], batched: bool | None = None) -> None:
        if not members:
            raise InputError("an ensemble needs at least one model; got none")
        if any(member.config != members[0].config for member in members):
            raise InputError("the models of an ensemble differ in their configurations; load one variant at a time")
        self.config = members[0].config
        self.device = next(members[0].parameters()).device
        gru = self.config.planning is not None and self.config.planning.head == "gru"  # vmap has no rule for it
        wanted = self.device.type != "cpu" if batched is None else batched
        self._members = [member.eval().requires_grad_(False) for member in members]
        self._batched = _Batched(self._members) if wanted and len(members) > 1 and not gru else None

    def __len__(self) -> int:
        return len(self._members)

    @torch.inference_mode()
    def __call__(self, inputs: Inputs, heads: Heads = CONTROL) -> Consensus:
        """What the members agree on, of `heads` those that the variant has (spec/tfv6.md, 5).

        Raises InputError if an input that this needs is missing.
        """
        inputs = inputs.to(self.device)
        if self._batched is not None:
            said = self._batched(inputs, heads)
        else:
            each = [tensors_of(member(inputs, heads)) for member in self._members]
            said = {name: torch.stack([one[name] for one in each]) for name in each[0]}
        return Consensus(self._agreed(said), self._boxes(said) if Heads.BOXES in heads else None)

    def _agreed(self, said: dict[str, Tensor]) -> Predictions:
        """Of outputs by dotted name, members first."""
        agreed = {name: said[name].mean(0) for name in MEANS if name in said}
        agreed |= {name: _most_said(said[name]) for name in CLASSES if name in said}
        if "target_speed_logits" in agreed:
            classes_K = agreed["target_speed_logits"].new_tensor(self.config.planning.target_speeds)
            agreed["target_speed"] = mean_speed(agreed["target_speed_logits"], classes_K)
        if "radar" in said:
            agreed["radar"] = said["radar"].transpose(0, 1).flatten(1, 2)
        bev = {}
        for source in ("carla", "navsim"):
            semantic = agreed.pop(f"{source}.semantic", None)
            bev[source] = None if semantic is None else BevPrediction(semantic)
        return Predictions(**agreed, **bev)

    def _boxes(self, said: dict[str, Tensor]) -> tuple[Tensor, ...] | None:
        """The boxes that any member sees, each object once."""
        source = "carla" if self.config.carla is not None else "navsim"
        prefix = f"{source}.boxes."
        maps = {name.removeprefix(prefix): maps for name, maps in said.items() if name.startswith(prefix)}
        if not maps:
            return None
        members, samples = maps["heatmap"].shape[:2]
        flat = BoxMaps(**{"velocity": None} | {name: values.flatten(0, 1) for name, values in maps.items()})
        boxes_NK9 = decode_boxes(flat, self.config.bev.cell, skip_origin=self.config.compat)
        boxes_NK9 = boxes_to_ego(boxes_NK9, self.config.bev)
        boxes_BK9 = boxes_NK9.unflatten(0, (members, samples)).transpose(0, 1).flatten(1, 2)
        return tuple(suppress(boxes_K9) for boxes_K9 in boxes_BK9)


class _Batched:
    """The members' weights stacked, run as one model over them."""

    def __init__(self, members: Sequence[nn.Module]) -> None:
        self._state = stack_module_state(list(members))
        self._shape = copy.deepcopy(members[0]).to("meta")

    def __call__(self, inputs: Inputs, heads: Heads) -> dict[str, Tensor]:
        """Outputs by dotted name, members first."""

        def member(parameters: dict[str, Tensor], buffers: dict[str, Tensor]) -> dict[str, Tensor]:
            return tensors_of(functional_call(self._shape, (parameters, buffers), (inputs, heads)))

        with _plain_attention():
            return vmap(member)(*self._state)


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Attention as matrix products, which vmap can batch; its fused kernels it would run one by one."""
    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)


def _most_said(logits_MBCHW: Tensor) -> Tensor:
    most_BCHW = logits_MBCHW.amax(0)
    most_BCHW[:, 0] = logits_MBCHW[:, :, 0].amin(0)
    return most_BCHW
