"""The learning rate as a function of the step alone, so that a run goes on as if it had never stopped."""

from math import cos, pi

from lead.train.config import ScheduleConfig


def rate_at(step: int, steps_per_epoch: int, epochs: int, config: ScheduleConfig) -> float:
    """Share of the learning rate in a step, counted from 0 (spec/tfv6.md, 3.4; SGDR, Loshchilov and Hutter 2017)."""
    warm = min(1.0, (step + 1) / config.warmup) if config.warmup else 1.0
    if config.kind == "constant":
        return warm
    if config.kind == "cosine":
        return warm * _cosine(step / (steps_per_epoch * epochs))
    length, begun = config.first * steps_per_epoch, 0
    while step >= begun + length:
        begun, length = begun + length, length * config.growth
    return warm * _cosine((step - begun) / length)


def _cosine(share: float) -> float:
    return 0.5 * (1.0 + cos(pi * min(share, 1.0)))
