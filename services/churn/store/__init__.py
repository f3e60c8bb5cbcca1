"""Rows of scores and of the facts behind them: one function for each query."""
