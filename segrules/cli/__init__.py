"""Arguments in, a workflow called, text out: the `segrules` command. Decides nothing about rules.

Front door: `segrules.cli.app.main`. Heavy packages are imported inside the commands: `segrules --help` is quick.
"""
