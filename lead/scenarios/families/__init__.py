"""The situations, one file per family; importing this fills the catalogue. Source: spec/benchmarks.md, section 2."""

from lead.scenarios.families import plain

__all__ = ["plain"]
