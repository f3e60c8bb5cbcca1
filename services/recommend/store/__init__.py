"""Rows of recommendations and of the facts behind them: one function for each query."""
