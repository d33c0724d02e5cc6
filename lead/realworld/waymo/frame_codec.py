"""Between the bytes of an `E2EDFrame` record and our frame; what we have no field for comes along unread."""

import numpy as np
from google.protobuf.message import Message
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.waymo.frame import CameraCalibration, CameraImage, E2EDFrame, EgoStates, Intent
from lead.realworld.waymo.messages import E2EDFrameMessage, NamedE2EDFrameMessage, field_numbers, parse

OTHER_DATA = (
    "expected an E2EDFrame with frame.context.name and past states; files of Waymo's perception or motion data sets "
    "are other messages: use those of the bucket waymo_open_dataset_end_to_end_camera"
)


def decode_frame(payload: bytes, place: str = "E2EDFrame") -> E2EDFrame:
    """A frame from a record's bytes. Raises InputError, beginning with `place`, on what is no frame of WOD-E2E."""
    message = parse(E2EDFrameMessage, payload, place, OTHER_DATA)
    name = message.frame.context.name
    if not (isinstance(name, str) and name) or not message.past_states.pos_x:
        raise InputError(f"{place}: found a message with the fields {field_numbers(message)}, {OTHER_DATA}")
    try:
        return E2EDFrame(
            name=name,
            past=_states(message.past_states),
            future=_states(message.future_states),
            intent=_intent(message.intent),
            images=tuple(CameraImage(image.name, image.image) for image in _one_per_camera(message.frame.images)),
            calibrations=tuple(map(_calibration, _one_per_camera(message.frame.context.camera_calibrations))),
            preferences=tuple(map(_states, message.preference_trajectories)),
            timestamp_micros=message.frame.timestamp_micros,
            unread=_unread(message),
        )
    except InputError as error:
        raise InputError(f"{place}: frame {name}: {error}; fetch the file again, or leave the frame out") from error


def decode_name(payload: bytes, place: str = "E2EDFrame") -> str:
    """A frame's name alone. Raises InputError, beginning with `place`, where there is none."""
    message = parse(NamedE2EDFrameMessage, payload, place, OTHER_DATA)
    name = message.frame.context.name
    if not (isinstance(name, str) and name):
        raise InputError(f"{place}: found a message with the fields {field_numbers(message)}, {OTHER_DATA}")
    return name


def encode_frame(frame: E2EDFrame) -> bytes:
    """A record's bytes from a frame. Fields that were not read go back to the camera and trajectory that had them."""
    message = E2EDFrameMessage.FromString(frame.unread)
    _put(message.frame.context, "name", frame.name)
    _put(message.frame, "timestamp_micros", frame.timestamp_micros)
    _put(message, "intent", int(frame.intent))
    _fill(message.past_states, frame.past)
    if len(frame.future) or frame.future.preference_score is not None or message.HasField("future_states"):
        _fill(message.future_states, frame.future)
    for image, entry in zip(
        frame.images, _renewed(message.frame.images, [image.camera for image in frame.images], "name")
    ):
        entry.image = image.encoded
    calibrations = message.frame.context.camera_calibrations
    for calibration, entry in zip(
        frame.calibrations, _renewed(calibrations, [calibration.camera for calibration in frame.calibrations], "name")
    ):
        entry.intrinsic[:] = calibration.intrinsic.tolist()
        entry.extrinsic.transform[:] = calibration.vehicle_from_camera.ravel().tolist()
        for name in ("width", "height", "rolling_shutter_direction"):
            _put(entry, name, getattr(calibration, name))
    for states, entry in zip(
        frame.preferences, _renewed(message.preference_trajectories, list(range(len(frame.preferences))))
    ):
        _fill(entry, states)
    return message.SerializeToString(deterministic=True)


def _states(message: Message) -> EgoStates:
    return EgoStates(
        position_iso=_pairs(message.pos_x, message.pos_y, "positions"),
        height_iso=np.array(message.pos_z, np.float32),
        velocity_iso=_pairs(message.vel_x, message.vel_y, "velocities"),
        acceleration_iso=_pairs(message.accel_x, message.accel_y, "accelerations"),
        preference_score=message.preference_score if message.HasField("preference_score") else None,
    )


def _pairs(x: list[float], y: list[float], what: str) -> NDArray[np.float32]:
    """(T, 2) from two repeated fields."""
    if len(x) != len(y):
        raise InputError(f"found {len(x)} x and {len(y)} y of {what}, expected as many of either")
    return np.array([x, y], np.float32).T.reshape(-1, 2)


def _intent(number: int) -> Intent:
    try:
        return Intent(number)
    except ValueError as error:
        names = ", ".join(f"{intent.value} {intent.name}" for intent in Intent)
        raise InputError(f"found the intent {number}, expected one of {names}") from error


def _one_per_camera(entries: list[Message]) -> list[Message]:
    cameras = [entry.name for entry in entries]
    if len(set(cameras)) < len(cameras):
        raise InputError(f"found images or calibrations of the cameras {cameras}, expected each camera once")
    return list(entries)


def _calibration(message: Message) -> CameraCalibration:
    transform = np.array(message.extrinsic.transform)
    if transform.size != 16:
        raise InputError(f"found an extrinsic of {transform.size} numbers for camera {message.name}, expected 16")
    return CameraCalibration(
        camera=message.name,
        intrinsic=np.array(message.intrinsic),
        vehicle_from_camera=transform.reshape(4, 4),
        width=message.width,
        height=message.height,
        rolling_shutter_direction=message.rolling_shutter_direction,
    )


ARRAYS = ("pos_x", "pos_y", "pos_z", "vel_x", "vel_y", "accel_x", "accel_y")
"""Fields of `EgoTrajectoryStates` that hold a number per state."""


def _unread(message: Message) -> bytes:
    """The message without the arrays and images that our frame holds; scalars stay, they cost nothing."""
    present = [getattr(message, name) for name in ("past_states", "future_states") if message.HasField(name)]
    for states in (*present, *message.preference_trajectories):
        for name in ARRAYS:
            states.ClearField(name)
    for image in message.frame.images:
        image.ClearField("image")
    for calibration in message.frame.context.camera_calibrations:
        calibration.ClearField("intrinsic")
        calibration.extrinsic.ClearField("transform")
    return message.SerializeToString()


def _fill(message: Message, states: EgoStates) -> None:
    columns = (
        *states.position_iso.T,
        states.height_iso,
        *states.velocity_iso.T,
        *states.acceleration_iso.T,
    )
    for name, column in zip(ARRAYS, columns):
        getattr(message, name)[:] = column.tolist()
    message.SetInParent()
    if states.preference_score is None:
        message.ClearField("preference_score")
    else:
        message.preference_score = states.preference_score


def _renewed(entries: list[Message], keys: list[int], key: str | None = None) -> list[Message]:
    """Entries of a repeated field for these keys: the old one of the same key (or place) where there was one."""
    old = {getattr(entry, key) if key else place: entry.SerializeToString() for place, entry in enumerate(entries)}
    del entries[:]
    renewed = []
    for value in keys:
        entry = entries.add()
        entry.MergeFromString(old.get(value, b""))
        if key:
            _put(entry, key, value)
        renewed.append(entry)
    return renewed


def _put(message: Message, name: str, value: object) -> None:
    """Set a field unless it says so already, if only by its default: an absent field stays absent."""
    if getattr(message, name) != value:
        setattr(message, name, value)
