"""The shipped model of each language as data, and how a text's tone is read with it."""
