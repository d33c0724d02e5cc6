"""Training of the student: targets, losses, loop and checkpoints."""
