"""What can be done about ties: score them, one or all, say why and what to do, look back at what was said."""
