"""FINDINGS -> WHAT A BUILD SERVER READS: a file for each format, and `finding.py`, which all of them are given.

None of them prints anything, or decides what fails. Text for people is `segrules.cli.terminal`.
"""
