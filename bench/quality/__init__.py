"""How good the models are on real data, each figure with its interval and, where a promise was made, its gate."""
