"""WOD-E2E without TensorFlow: frames read from TFRecords, the rater feedback score, submissions to the challenge."""
