"""A drive as a clip made from its log: what lies ahead beside the view from above, with a line of instruments.

The front view is what the student's camera saw where that was kept; else it is drawn anew in the town of the log.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.drive.drive_log import read_log
from lead.report.bird import Actors, BirdView
from lead.report.front import FrontView
from lead.report.student import Student
from lead.report.time_line import ego_rows
from lead.roads.town import Town
from lead.scenarios.weather import WeatherPoint, weather_at

FRONT_WIDTH, FRONT_HEIGHT, BAR, BIRD_WIDTH = 640, 360, 40, 400  # pixels
WIDTH, HEIGHT = FRONT_WIDTH + BIRD_WIDTH, FRONT_HEIGHT + BAR
SHOWN_FOR = 2.0  # s that an infraction is told in the picture
FRONT_EVERY = 0.19  # s between front views drawn anew, which cost most
PAPER, INK, FAINT = (250, 250, 248), (50, 44, 40), (205, 200, 196)  # BGR
ALARM, HELPED = (40, 40, 200), (150, 90, 30)
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Scenery:
    """Where a drive took place: its town, and what draws it (None where its map is not here), and the weather."""

    town: Town | None
    front: FrontView | None = None
    weather: Sequence[WeatherPoint] = ()
    embedded: bool = True  # whether the log's ids of lights are the embedded simulator's


@dataclass
class Replay:
    """The moments of a drive as pictures.

    `drive` is what `read_log` gives, `told` the infractions as (time, words), `student` what the student left,
    `unseen` tells for a time (s) the actor ids that the student could not have seen.
    """

    drive: Mapping[str, Any]
    scenery: Scenery
    told: Sequence[tuple[float, str]] = ()
    student: Student | None = None
    unseen: Callable[[float], frozenset[int]] = lambda time: frozenset()

    def __post_init__(self) -> None:
        actors = self.drive["about"]["actors"]
        self._ids = np.array([actor[0] for actor in actors], np.int64)
        self._types, self._roles = [actor[1] for actor in actors], [actor[2] for actor in actors]
        self._extents = np.array([actor[3] for actor in actors], np.float64).reshape(-1, 3)
        town = self.scenery.town
        keeps_front = self.student is not None and self.student.has_front
        self._front = None if keeps_front else self.scenery.front
        self._ahead_last: tuple[float, Picture] | None = None  # when, and what was drawn
        self._bird = BirdView(town, self.drive["plan"], BIRD_WIDTH, HEIGHT)
        self._signal_row = _signal_rows(town) if town is not None and self.scenery.embedded else {}

    def frames(self, step: int = 1) -> Iterator[Picture]:
        """Every `step`-th moment of the log as a picture (HEIGHT, WIDTH, 3) RGB."""
        time, first = self.drive["time"], self.drive["first"]
        if self._front is not None:
            self._front.begin()
        rows = ego_rows(self.drive)
        lights: dict[int, int] = {}
        changes = iter(self.drive["light"].tolist())
        change = next(changes, None)
        for tick in range(len(time)):
            while change is not None and change[0] <= tick:
                if change[1] in self._signal_row:
                    lights[self._signal_row[change[1]]] = change[2]
                change = next(changes, None)
            if tick % step or rows[tick] < 0:
                continue
            here = np.arange(first[tick], first[tick + 1])
            yield self._picture(tick, int(rows[tick]), here, lights)

    def _picture(self, tick: int, ego_row: int, here: NDArray[np.int64], lights: Mapping[int, int]) -> Picture:
        drive = self.drive
        time = float(drive["time"][tick])
        pose = drive["pose"]
        ego, numbers = pose[ego_row], drive["actor"][here]
        unseen = self.unseen(time)
        actors = Actors(
            [self._types[n] for n in numbers], [self._roles[n] for n in numbers], pose[here], self._extents[numbers],
            np.isin(self._ids[numbers], list(unseen)),
        )  # fmt: skip
        intent = self.student.intent(time) if self.student is not None else None
        image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        image[:, FRONT_WIDTH:] = self._bird.draw(ego, actors, lights, intent)
        image[:FRONT_HEIGHT, :FRONT_WIDTH] = self._ahead(tick, time, ego, here[here != ego_row], lights)
        self._instruments(image[FRONT_HEIGHT:, :FRONT_WIDTH], tick, time, float(drive["speed"][ego_row]))
        self._tell(image, time)
        return image[..., ::-1]

    def _ahead(
        self, tick: int, time: float, ego: NDArray[np.float64], others: NDArray[np.int64], lights: Mapping[int, int]
    ) -> Picture:  # fmt: skip
        """The front view (FRONT_HEIGHT, FRONT_WIDTH, 3) BGR."""
        seen = self.student.front(time) if self.student is not None else None
        if seen is not None:
            return _fitted(seen, FRONT_WIDTH, FRONT_HEIGHT)
        if self._front is None:
            return _blank(f"no front view: the map of {self.drive['about']['town']} is not here")
        if self._ahead_last is not None and time - self._ahead_last[0] < FRONT_EVERY:
            return self._ahead_last[1]
        drive = self.drive
        if self.scenery.weather:
            self._front.set_weather(weather_at(self.scenery.weather, float(drive["progress"][tick])))
        numbers = drive["actor"][others].tolist()
        drawn = self._front.draw(
            time, ego, numbers, [self._types[n] for n in numbers], drive["pose"][others], drive["speed"][others], lights
        )
        self._ahead_last = time, drawn
        return drawn

    def _instruments(self, bar: Picture, tick: int, time: float, speed: float) -> None:
        """Time, speed, what it ought to be, pedals, wheel and progress in a strip (BAR, FRONT_WIDTH, 3)."""
        bar[:] = PAPER
        throttle, steer, brake = (float(value) for value in self.drive["control"][tick])
        _write(bar, f"{time:6.1f} s", 10)
        _write(bar, f"{speed:5.1f} m/s", 100)
        target = self.student.target_speed(time) if self.student is not None else None
        if target is not None:
            _write(bar, f"wants {target:4.1f}", 195)
        for left, name, value, colour in ((300, "gas", throttle, (90, 150, 60)), (390, "brake", brake, ALARM)):
            _write(bar, name, left)
            _level(bar, left + 44, 36, value, colour)
        _write(bar, "steer", 490)
        middle = 560
        cv2.rectangle(bar, (middle - 22, 15), (middle + 22, 24), FAINT, cv2.FILLED)
        cv2.rectangle(bar, (middle, 15), (middle + round(22 * steer), 24), INK, cv2.FILLED)
        done = round(FRONT_WIDTH * float(self.drive["progress"][tick]) / 100.0)
        cv2.rectangle(bar, (0, BAR - 3), (max(done, 1), BAR), INK, cv2.FILLED)

    def _tell(self, image: Picture, time: float) -> None:
        """What went wrong in these seconds, and what helps the student, over the front view."""
        now = [words for at, words in self.told if at <= time < at + SHOWN_FOR]
        for line, words in enumerate(now[:3]):
            _label(image, words, 8 + 28 * line, ALARM)
        helped = self.student.help(time) if self.student is not None else ""
        if helped:
            _label(image, helped, FRONT_HEIGHT - 32, HELPED)


def read_drive(path: Path) -> dict[str, Any]:
    """A drive log with its poses in double precision, as a replay takes it. Raises what `read_log` raises."""
    drive = read_log(path)
    return {**drive, "pose": drive["pose"].astype(np.float64)}


def _signal_rows(town: Town) -> dict[int, int]:
    """Row of the town's signals by the actor id that an embedded server gives it: they are its first actors."""
    return {row + 1: row for row in range(len(town.signals.kind))}


def _blank(words: str) -> Picture:
    """A picture that says why there is none."""
    picture = np.full((FRONT_HEIGHT, FRONT_WIDTH, 3), FAINT, np.uint8)
    _put(picture, words, (24, FRONT_HEIGHT // 2), INK)
    return picture


def _fitted(image: Picture, width: int, height: int) -> Picture:
    """A picture in a frame of another shape, whole, with bars where it does not reach."""
    scale = min(width / image.shape[1], height / image.shape[0])
    small = cv2.resize(image, (round(image.shape[1] * scale), round(image.shape[0] * scale)))
    frame = np.full((height, width, 3), INK, np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def _level(bar: Picture, left: int, width: int, value: float, colour: tuple[int, int, int]) -> None:
    cv2.rectangle(bar, (left, 15), (left + width, 24), FAINT, cv2.FILLED)
    cv2.rectangle(bar, (left, 15), (left + round(width * min(max(value, 0.0), 1.0)), 24), colour, cv2.FILLED)


def _write(bar: Picture, text: str, left: int) -> None:
    _put(bar, text, (left, 24), INK)


def _label(image: Picture, words: str, top: int, colour: tuple[int, int, int]) -> None:
    width = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)[0][0]
    cv2.rectangle(image, (8, top), (24 + width, top + 24), colour, cv2.FILLED)
    _put(image, words, (16, top + 17), (255, 255, 255))


def _put(image: Picture, text: str, place: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.47, colour, 1, cv2.LINE_AA)
