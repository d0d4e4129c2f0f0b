"""What a user asks for: functions that are given a folder and options, and return data.

Here a project, its plans, their SQL and an engine come together, and nowhere else. Nothing is printed, no argument is
parsed, no rule is read in a way of its own. Each module is one request (`validate`, `apply`, `show_sql`, `schema`,
`sample`, `init`) or a step that several of them share; requests of many steps are packages: `reviewing` (diff),
`explaining` (why), `delivering` (apply --to), `testing` (test, coverage),
`mutating` (test --mutate, --suggest), `lints`.
"""
