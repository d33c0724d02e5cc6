"""What a drive was worth: official result files in and out, one file per benchmark version. No world is needed."""
