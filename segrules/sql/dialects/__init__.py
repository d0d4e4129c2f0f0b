"""One module for each SQL dialect: a table of what differs, and the few functions that a table cannot say."""
