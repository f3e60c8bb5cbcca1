"""What can be done with facts: push, read, delete, import. Transactions belong to the callers."""
