"""The grammar of the language, and the table that is made from it; both ship as package data."""
