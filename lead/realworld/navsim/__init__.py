"""NAVSIM's metrics without its devkit: how a plan is driven, its sub-scores, PDMS (v1), EPDMS (v2), two stages."""
