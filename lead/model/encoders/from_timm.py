"""Any timm network that puts out features at strides 2, 4, 8, 16 and 32, as an encoder."""

from importlib import import_module

from torch import Tensor, nn

from lead import InputError


class TimmEncoder(nn.Module):
    """timm's `features_only` network of this name, run stage by stage."""

    def __init__(self, name: str, in_channels: int) -> None:
        try:
            timm = import_module("timm")
        except ImportError as error:
            raise InputError(
                f"encoder timm:{name} needs timm, which is not installed: pip install 'lead[timm]'"
            ) from error
        super().__init__()
        try:
            self.network = timm.create_model(name, pretrained=False, features_only=True, in_chans=in_channels)
        except RuntimeError as error:
            raise InputError(f"encoder timm:{name}: {error}") from error
        strides = self.network.feature_info.reduction()
        if list(strides) != [2, 4, 8, 16, 32]:
            raise InputError(f"encoder timm:{name} has features at strides {strides}; expected [2, 4, 8, 16, 32]")
        if not hasattr(self.network, "return_layers"):
            raise InputError(f"encoder timm:{name} does not run layer by layer; ResNets, RegNets and the like do")
        self.channels = tuple(self.network.feature_info.channels()[1:])
        self._parts = _parts(list(self.network.keys()), set(self.network.return_layers))

    def stem(self, image_BCHW: Tensor) -> Tensor:
        """Features at stride 2."""
        return self._run(0, image_BCHW)

    def stage(self, k: int, features_BCHW: Tensor) -> Tensor:
        """The features after stage k."""
        return self._run(k + 1, features_BCHW)

    def _run(self, part: int, x_BCHW: Tensor) -> Tensor:
        for name in self._parts[part]:
            x_BCHW = self.network[name](x_BCHW)
        return x_BCHW


def _parts(layers: list[str], ends: set[str]) -> list[list[str]]:
    """The layers in runs that each finish with one of `ends`."""
    runs: list[list[str]] = [[]]
    for layer in layers:
        runs[-1].append(layer)
        if layer in ends:
            runs.append([])
    return runs
