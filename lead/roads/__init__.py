"""Towns as OpenDRIVE: parse, sample, mesh, index; signals, spawn points and scenery; generate and fetch maps."""
