"""What can be done with vectors: keep them fresh, compare people."""
