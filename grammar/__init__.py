"""The grammar file ships as package data."""
