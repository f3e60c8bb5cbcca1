"""One function for each query: parameters in, dataclasses out; the caller owns the transaction."""
