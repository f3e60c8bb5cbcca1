"""Running Rapport: the embedded stack and its command, the database's roles, the sample, the containers."""
