"""A drive drawn from its log: heading up, at scale, with what the student was told and meant, and never half a file."""

import cv2
import numpy as np
import pytest

from lead.drive.student.cause import Cause
from lead.report.bird import (
    BELIEVED,
    DRIVER,
    EGO_DOWN,
    PLAN,
    SCALE,
    SITUATION,
    TARGETS,
    UNSEEN,
    Actors,
    BirdView,
    Intent,
)
from lead.report.replay import BAR, FRONT_HEIGHT, FRONT_WIDTH, HEIGHT, HELPED, WIDTH, Replay, Scenery, read_drive
from lead.report.student import HELP, read_student
from lead.report.time_line import ego_rows, ego_speed
from tests.report.run_folders import HIT, Outcome, write_log

SIDE = 400
DRIVE = Outcome(infractions=[(1.0, *HIT)], seconds=3.0)


@pytest.fixture
def log(tmp_path):
    """A drive log in a town that is not here."""
    path = tmp_path / "logs" / "1.npz"
    path.parent.mkdir()
    write_log(path, DRIVE, "1", "expert", "Nowhere")
    return path


def pixels(picture, colour):
    """Column and row of the middle of all pixels of nearly a colour: thin lines are smoothed."""
    rows, columns = np.nonzero((np.abs(picture.astype(int) - colour) < 12).all(2))
    return (columns.mean(), rows.mean()) if len(rows) else None


def actors(pose, role="scenario", kind="vehicle.audi.tt", unseen=False):
    """One actor of 2 x 1 m half size."""
    return Actors([kind], [role], np.array([pose], float), np.array([[2.0, 1.0, 0.8]]), np.array([unseen]))


@pytest.mark.parametrize("yaw", [0.0, 0.7, -2.0, np.pi])
@pytest.mark.parametrize(("ahead", "right"), [(10.0, 0.0), (10.0, 4.0), (-5.0, -6.0)])
def test_the_ego_s_heading_is_up_and_its_right_is_right(yaw, ahead, right):
    forward, side = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    ego = np.array([100.0, -50.0, 0.0, 0.0, yaw, 0.0])
    place = ego[:2] + ahead * forward + right * side
    bird = BirdView(None, np.empty((0, 3)), SIDE, SIDE)
    column, row = pixels(bird.draw(ego, actors([*place, 0.0, 0.0, yaw, 0.0])), SITUATION)
    assert column == pytest.approx(SIDE / 2 + SCALE * right, abs=1.5)
    assert row == pytest.approx(EGO_DOWN * SIDE - SCALE * ahead, abs=1.5)


def test_plan_target_points_and_boxes_are_drawn_in_the_ego_s_frame():
    intent = Intent(
        targets=np.array([[-10.0, 0.0], [12.0, 5.0], [20.0, -8.0]]), path=np.array([[0.0, -3.0], [20.0, -3.0]]),
        boxes=np.array([[15.0, 10.0, 0.0, 3.0, 1.0]]),
    )  # fmt: skip
    bird = BirdView(None, np.empty((0, 3)), SIDE, SIDE)
    picture = bird.draw(np.array([3.0, 4.0, 0, 0, 1.0, 0]), actors([500.0, 0, 0, 0, 0, 0]), {}, intent)
    for colour, ahead, right in (
        (TARGETS[1], 12.0, 5.0),
        (TARGETS[2], 20.0, -8.0),
        (PLAN, 10.0, -3.0),
        (BELIEVED, 15.0, 10.0),
    ):
        column, row = pixels(picture, colour)
        assert column == pytest.approx(SIDE / 2 + SCALE * right, abs=2.5)
        assert row == pytest.approx(EGO_DOWN * SIDE - SCALE * ahead, abs=2.5)


def test_who_could_not_be_seen_has_a_rim():
    bird = BirdView(None, np.empty((0, 3)), SIDE, SIDE)
    ego, place = np.zeros(6), [10.0, 0, 0, 0, 0, 0]
    assert pixels(bird.draw(ego, actors(place)), UNSEEN) is None
    assert pixels(bird.draw(ego, actors(place, unseen=True)), UNSEEN) is not None


def test_the_log_s_ego_is_found(log):
    drive = read_drive(log)
    assert (ego_rows(drive) == 3 * np.arange(30)).all() and (ego_speed(drive) == 5.0).all()
    assert drive["pose"].dtype == np.float64


def test_a_log_becomes_pictures_with_the_infraction_told(log):
    frames = list(Replay(read_drive(log), Scenery(None), [(1.0, "collision")]).frames())
    assert len(frames) == 30 and all(frame.shape == (HEIGHT, WIDTH, 3) for frame in frames)
    alarm = [(frame[:FRONT_HEIGHT, :FRONT_WIDTH] == (200, 40, 40)).all(2).any() for frame in frames]
    assert not any(alarm[:9]) and all(alarm[10:29])
    above = frames[0][:, FRONT_WIDTH:, ::-1]
    assert pixels(above, DRIVER) == pytest.approx((200, EGO_DOWN * HEIGHT), abs=2.0)
    assert not np.array_equal(frames[0][-BAR:, :FRONT_WIDTH], frames[-1][-BAR:, :FRONT_WIDTH])
    assert len(list(Replay(read_drive(log), Scenery(None)).frames(step=4))) == 8


def test_the_student_s_own_picture_and_plan_are_used(log):
    count = 30
    time = 0.05 + 0.1 * np.arange(count)
    np.savez(
        log.with_name("1.student.npz"), time=time, target_points=np.zeros((count, 3, 2)),
        target_speed=np.where(time < 2.0, 7.0, np.nan), route=np.tile([[0.0, 0.0], [9.0, 0.0]], (count, 1, 1)),
        waypoints=np.empty((count, 0, 2)), first=np.arange(count + 1),
        box=np.tile([10.0, 2.0, 2.2, 1.0, 0.5, 0.0, 0.0, 1.0, 0.9], (count, 1)),
        cause=np.where(time < 0.5, Cause.OBSTACLE | Cause.CLEARANCE, 0).astype(np.uint8),
    )  # fmt: skip
    jpeg = cv2.imencode(".jpg", np.full((128, 384, 3), (0, 200, 0), np.uint8))[1]
    np.savez(
        log.with_name("1.front.npz"), time=time[::2], jpeg=np.tile(jpeg, 15), first=np.arange(16) * len(jpeg)
    )  # fmt: skip
    student = read_student(log)
    assert (
        student.has_front
        and student.target_speed(1.0) == 7.0
        and student.target_speed(2.5) is None
        and student.intent(99.0) is None
    )
    intent = student.intent(1.0)
    assert intent.boxes.tolist() == [[10.0, 2.0, 0.5, 2.2, 1.0]] and len(intent.path) == 2 and not len(intent.waypoints)
    frame = next(iter(Replay(read_drive(log), Scenery(None), student=student).frames()))
    assert frame[180, 320] == pytest.approx((0, 200, 0), abs=6)  # fitted whole into the middle
    assert pixels(frame[:, FRONT_WIDTH:, ::-1], PLAN) is not None
    assert student.help(0.3) == "guard: brakes, guard: turns farther" and student.help(1.0) == student.help(99.0) == ""
    assert frame[FRONT_HEIGHT - 30, 10].tolist() == list(HELPED[::-1])


def test_all_that_can_help_a_student_has_words():
    assert set(HELP) == set(Cause) - {Cause.OLD_PLAN}


def test_without_a_student_s_record_there_is_none(log):
    assert read_student(log) is None
    log.with_name("1.student.npz").write_bytes(b"half a file")
    assert read_student(log) is None
