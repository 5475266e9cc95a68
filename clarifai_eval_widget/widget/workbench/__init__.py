"""What is on screen of an evaluation."""
