"""What can be done about people who should meet: compute, show, explain, introduce, learn what was thought of it."""
