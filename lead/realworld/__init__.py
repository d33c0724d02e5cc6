"""Data and metrics of the real world: NAVSIM and the Waymo Open Dataset's end-to-end driving (WOD-E2E)."""
