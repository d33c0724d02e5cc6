"""Learning to drive by imitation, closed loop: expert, data, student and an embedded world that speaks CARLA."""

__version__ = "0.1.0"
