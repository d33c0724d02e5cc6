"""Record: the expert drives a lesson, and what a student's sensors see is written; then read it back.

    python examples/03_record.py [ROUTES]         # train:50 -> out/examples/data

By hand: lead collect --routes train:50 --rig nano --quality 90 --out out/examples/data
"""

import sys
from pathlib import Path

import cv2

from lead.dataset.codecs import decode_rgb
from lead.dataset.manifest import check
from lead.dataset.route_file import RouteFile
from lead.drive.collect import collect
from lead.drive.evaluation import Evaluation
from lead.drive.recording.settings import Recording
from lead.scenarios.suites import resolve_routes, split_ids

ROUTES = sys.argv[1] if len(sys.argv) > 1 else "train:50"
OUT = Path("out/examples/data")

evaluation = Evaluation("expert:aligned", split_ids(ROUTES)[0], "leaderboard-2.0", log=False)
for record in collect(evaluation, Recording("nano", "aligned", jpeg_quality=90), resolve_routes(ROUTES), OUT):
    print(f"route {record.route}: {record.frames} frames, {record.verdict.reason}; kept: {record.verdict.kept}")
    route = RouteFile(OUT / "routes" / record.route)  # memory-mapped: a frame is read when it is asked for
    frame = route.frame(len(route) // 2)
    print(f"  {frame.ego.speed:.1f} m/s, {len(frame.boxes.kind)} boxes, rig {route.header.rig.name}")
    picture = OUT / f"{record.route}.jpg"
    cv2.imwrite(str(picture), decode_rgb(frame.view.rgb)[..., ::-1])
    print(f"  {picture}: its cameras side by side")
print("faults:", list(check(OUT)) or "none")
