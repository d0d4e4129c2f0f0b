"""A folder of YAML becomes a resolved project.

In: a `Reader` of files. `load` gives what they say, a `Project` whose rules are still text; `resolve` gives the
`Rules` of each entity, typed core trees; `load_cases` the tests. All give findings, every one at its words.

Absent: data (a contract that is not written is filled by others before `resolve`), clocks, SQL, engines.
"""
