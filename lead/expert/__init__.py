"""The expert: see, predict, decide, control; a pure function of a scene, a memory and settings."""
