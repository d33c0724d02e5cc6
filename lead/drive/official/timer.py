"""`srunner.scenariomanager.timer`: simulated time since the route began."""

import datetime

import carla


class GameTime:
    """The clock of the route that this process drives."""

    _seconds = 0.0
    _frame = 0
    _carla_seconds = 0.0

    @staticmethod
    def on_carla_tick(timestamp: carla.Timestamp) -> None:
        """Go on to a tick; ticks that were not told count too, but for those before the first."""
        if timestamp.frame <= GameTime._frame:
            return
        ticks = timestamp.frame - GameTime._frame if GameTime._frame else 1
        GameTime._seconds += timestamp.delta_seconds * ticks
        GameTime._frame, GameTime._carla_seconds = timestamp.frame, timestamp.elapsed_seconds

    @staticmethod
    def restart() -> None:
        """Begin a route."""
        GameTime._seconds, GameTime._frame, GameTime._carla_seconds = 0.0, 0, 0.0

    @staticmethod
    def get_time() -> float:
        """Simulated s since the route began."""
        return GameTime._seconds

    @staticmethod
    def get_carla_time() -> float:
        """Simulated s since the world began."""
        return GameTime._carla_seconds

    @staticmethod
    def get_wallclocktime() -> datetime.datetime:
        """Now."""
        return datetime.datetime.now()

    @staticmethod
    def get_frame() -> int:
        """The world's frame at the last tick."""
        return GameTime._frame
