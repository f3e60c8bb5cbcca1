"""Files to import: one module for each family of formats, all of them read as rows of a push."""
