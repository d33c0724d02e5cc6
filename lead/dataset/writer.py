"""Frames to a file, one by one: what was written stays readable whenever the program is killed.

The file is an Arrow IPC file, a record batch per frame, its buffers compressed with zstd. While it grows it has no footer
yet, but all before the last frame is whole; `lead.dataset.route_file` reads it like that too.
"""

from pathlib import Path
from types import TracebackType

import pyarrow as pa

from lead import InputError
from lead.dataset.columns import COLUMNS, frame_to_arrow
from lead.dataset.frame import Frame
from lead.dataset.header import RouteHeader, header_to_json
from lead.dataset.schema import arrow_schema

FRAMES = "frames.arrow"
"""Name of the file in a route's folder."""

COMPRESSION = ("zstd", 3)  # LiDAR points shrink to 2 bytes of 7; higher levels win 5 % and take five times as long


class FrameWriter:
    """Context: appends frames to `folder / FRAMES`, which it creates; at its end the file gets its footer.

    Not closed on an error, so that a drive that broke off is told from one that ended.

    Args:
        folder: of the route; created if need be.
        header: what holds for all frames.

    Raises InputError if the file is there already.
    """

    def __init__(self, folder: Path, header: RouteHeader) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FRAMES
        self.schema = arrow_schema(COLUMNS, header_to_json(header))
        try:
            self._file = self.path.open("xb")
        except FileExistsError as error:
            raise InputError(f"{self.path} is there already; remove it, or record into another folder") from error
        options = pa.ipc.IpcWriteOptions(compression=pa.Codec(*COMPRESSION))
        self._writer = pa.ipc.new_file(self._file, self.schema, options=options)
        self._last_tick: int | None = None
        self.count = 0  # frames written

    def append(self, frame: Frame) -> None:
        """Write a frame and hand it to the operating system. Raises InputError if it is malformed or not after the last."""
        if self._last_tick is not None and frame.tick <= self._last_tick:
            raise InputError(f"found tick {frame.tick} after tick {self._last_tick}; frames are written in order")
        self._writer.write_batch(frame_to_arrow(frame, self.schema))
        self._file.flush()
        self._last_tick = frame.tick
        self.count += 1

    def close(self) -> None:
        """Write the footer: the file is complete."""
        if not self._file.closed:
            self._writer.close()
            self._file.close()

    def __enter__(self) -> "FrameWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            self._file.close()
