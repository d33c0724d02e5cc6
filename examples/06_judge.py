"""Judge: two agents drive the same route, the official rules score them, and a page shows what became of it.

    python examples/06_judge.py [ROUTES] [AGENT ...]       # mini:19 expert blind -> out/examples/report.html

By hand: lead evaluate, lead score, lead report. Add student:out/examples/training to see the one of 04.
"""

import sys
from pathlib import Path

from lead.drive.evaluate import Progress, evaluate
from lead.drive.evaluation import Evaluation
from lead.report.page import write_report
from lead.scenarios.suites import resolve_routes
from lead.score.protocols import score_paths
from lead.score.record_set import Incomplete

ROUTES = sys.argv[1] if len(sys.argv) > 1 else "mini:19"
AGENTS = sys.argv[2:] or ["expert", "blind"]
OUT, PROTOCOL = Path("out/examples"), "bench2drive-0.0.3"

folders = []
for agent in AGENTS:
    folder = OUT / "judged" / agent.replace("/", "-").replace(":", "-")
    told = Progress(ended=lambda entry: print(entry.line))
    evaluate(Evaluation(agent, ROUTES, PROTOCOL), resolve_routes(ROUTES), folder, workers=2, progress=told)
    # A few routes are not the benchmark: say that the driven ones alone are meant.
    score = score_paths([folder / "results.json"], PROTOCOL, Incomplete.DRIVEN)
    print(f"{agent}: driving score {score.driving_score:.1f}, success rate {score.success_rate:.0f} %")
    folders.append(folder)
written = write_report(folders, OUT / "report.html")
print(f"{written.page}: {written.drives} drives, {written.clips} videos")
