"""Who watches the ego on its route: one criterion per file, all fed the same moments. Source: spec/benchmarks.md, 1.3."""
