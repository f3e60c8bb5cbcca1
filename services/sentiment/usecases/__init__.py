"""What can be done about tones: compute everybody's, read one with evidence, read texts, learn what was wrong."""
