"""What the student's sensors have of every actor and traffic light: counted in their data, or estimated without them."""
