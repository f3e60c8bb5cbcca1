"""Fits what ships, from sets whose licence allows it; the web process never imports this."""
