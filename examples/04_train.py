"""Train: a recipe is a Python function that returns everything about a run; here `nano` with fewer steps.

    python examples/04_train.py [STEPS]           # 40; needs the data of 03 -> out/examples/training

By hand: lead train nano --data out/examples/data --out out/examples/training epochs=1
"""

import sys
from dataclasses import replace
from pathlib import Path

from lead.train.loop import Report, train_stage
from lead.train.recipes import nano
from lead.train.samples import open_samples
from lead.train.senses import senses_of, write_senses

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
DATA, OUT = Path("out/examples/data"), Path("out/examples/training")
BATCH = 4

initial = None
for stage in nano().stages:  # perception, then all of it with the planner
    few = replace(stage.data, samples=STEPS * BATCH, workers=0, validation=0.0)
    stage = replace(stage, epochs=1, batch=BATCH, data=few, pace=replace(stage.pace, log=max(1, STEPS // 4)))
    samples, _ = open_samples(DATA, stage)

    def tell(report: Report) -> None:
        """Called after each step; `values` are there when a line of the log is due."""
        if report.values:
            print(f"{report.stage} {report.step}/{report.steps}: loss {report.values['loss']:.3f}")

    folder = OUT / stage.name
    model = train_stage(stage, samples, None, folder, initial=initial, report=tell)
    write_senses(model, senses_of(samples, stage.data, stage.model))  # with which sensors it learnt
    initial = model / "model.safetensors"
print(f"drive it: python examples/05_student.py {OUT}")
