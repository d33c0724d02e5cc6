"""The protocol buffers of WOD-E2E that we read and write, by their published field numbers.

Only fields that are used are named. Whatever else a message holds stays in it as unknown fields and is written back.
Enumerations are plain integers here, so that numbers newer than this file survive. Numbers: `dataset.proto`,
`end_to_end_driving_data.proto` and `end_to_end_driving_submission.proto` of the Waymo Open Dataset, release 1.6.7.
"""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from lead import InputError

_Field = descriptor_pb2.FieldDescriptorProto
DOUBLE, FLOAT, INT32, INT64 = _Field.TYPE_DOUBLE, _Field.TYPE_FLOAT, _Field.TYPE_INT32, _Field.TYPE_INT64
BOOL, STRING, BYTES = _Field.TYPE_BOOL, _Field.TYPE_STRING, _Field.TYPE_BYTES
PACKED = (FLOAT,)  # repeated fields of these kinds are written packed; both ways are read

SCHEMA: dict[str, dict[str, tuple[int, int | str] | tuple[int, int | str, str]]] = {
    "Transform": {"transform": (1, DOUBLE, "repeated")},
    "CameraCalibration": {
        "name": (1, INT32),
        "intrinsic": (2, DOUBLE, "repeated"),
        "extrinsic": (3, "Transform"),
        "width": (4, INT32),
        "height": (5, INT32),
        "rolling_shutter_direction": (6, INT32),
    },
    "Context": {"name": (1, STRING), "camera_calibrations": (2, "CameraCalibration", "repeated")},
    "CameraImage": {"name": (1, INT32), "image": (2, BYTES)},
    "Frame": {"context": (1, "Context"), "timestamp_micros": (2, INT64), "images": (4, "CameraImage", "repeated")},
    "EgoTrajectoryStates": {
        **{
            name: (number, FLOAT, "repeated")
            for number, name in enumerate(("pos_x", "pos_y", "pos_z", "vel_x", "vel_y", "accel_x", "accel_y"), start=1)
        },
        "preference_score": (8, FLOAT),
    },
    "E2EDFrame": {
        "frame": (1, "Frame"),
        "future_states": (5, "EgoTrajectoryStates"),
        "past_states": (6, "EgoTrajectoryStates"),
        "intent": (7, INT32),
        "preference_trajectories": (8, "EgoTrajectoryStates", "repeated"),
    },
    "NamedContext": {"name": (1, STRING)},
    "NamedFrame": {"context": (1, "NamedContext")},
    "NamedE2EDFrame": {"frame": (1, "NamedFrame")},
    "TrajectoryPrediction": {"pos_x": (1, FLOAT, "repeated"), "pos_y": (2, FLOAT, "repeated")},
    "FrameTrajectoryPredictions": {"frame_name": (1, STRING), "trajectory": (2, "TrajectoryPrediction")},
    "E2EDChallengeSubmission": {
        "predictions": (1, "FrameTrajectoryPredictions", "repeated"),
        "submission_type": (2, INT32),
        "account_name": (3, STRING),
        "unique_method_name": (4, STRING),
        "authors": (5, STRING, "repeated"),
        "affiliation": (6, STRING),
        "description": (7, STRING),
        "method_link": (8, STRING),
        "uses_public_model_pretraining": (11, BOOL),
        "num_model_parameters": (12, STRING),
        "public_model_names": (13, STRING, "repeated"),
    },
}
"""Fields of each message by name: number, kind or message, and whether there may be several."""

PACKAGE = "lead.waymo"


def _compiled() -> dict[str, type[Message]]:
    file = descriptor_pb2.FileDescriptorProto(name="lead/waymo.proto", package=PACKAGE, syntax="proto2")
    for message, fields in SCHEMA.items():
        entry = file.message_type.add(name=message)
        for name, (number, kind, *several) in fields.items():
            label = _Field.LABEL_REPEATED if several else _Field.LABEL_OPTIONAL
            field = entry.field.add(name=name, number=number, label=label)
            if isinstance(kind, str):
                field.type, field.type_name = _Field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
            else:
                field.type = kind
            if several and kind in PACKED:
                field.options.packed = True
    pool = descriptor_pool.DescriptorPool()  # our own: the official package may be loaded beside it
    pool.Add(file)
    found = {name: pool.FindMessageTypeByName(f"{PACKAGE}.{name}") for name in SCHEMA}
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}


_CLASSES = _compiled()
E2EDFrameMessage = _CLASSES["E2EDFrame"]
NamedE2EDFrameMessage = _CLASSES["NamedE2EDFrame"]
SubmissionMessage = _CLASSES["E2EDChallengeSubmission"]


def parse(message: type[Message], data: bytes, place: str, advice: str) -> Message:
    """A message from its bytes.

    Raises InputError, beginning with `place` and ending with `advice`, on bytes that are not this message.
    """
    try:
        return message.FromString(data)
    except DecodeError as error:
        raise InputError(f"{place}: found {len(data)} bytes that cannot be read ({error}), {advice}") from error


def field_numbers(message: Message) -> list[int]:
    """Numbers of the fields that a message holds, known and unknown, ascending."""
    known = {descriptor.number for descriptor, _ in message.ListFields()}
    return sorted(known | {field.field_number for field in UnknownFieldSet(message)})
