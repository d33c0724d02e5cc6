"""The `lead` command: one file per verb."""
