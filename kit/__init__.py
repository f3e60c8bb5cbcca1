"""What every service shares: transport, storage and process. Never a feature, never a model."""
