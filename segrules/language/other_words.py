"""Words of SQL, spreadsheets and everyday speech that find their way into rules, and what rules say instead."""

from __future__ import annotations

# fmt: off
IN_CAPITALS = frozenset((
    "and", "or", "not", "in", "between", "is", "where", "then", "within", "since", "before", "from", "to", "as", "by",
    "asc", "desc", "contains", "matches", "starts", "ends", "ago",
))
# fmt: on
"""Words of the language that are written in capitals elsewhere."""

NOTHING = frozenset(("null", "none", "nil", "nan", "na", "empty", "blank", "undefined", "unknown", "notnull"))

OPERATORS = {
    "like": "`contains 'x'`, `starts with 'x'`, `ends with 'x'` or `matches '^x'`",
    "ilike": "`lower(name) contains 'x'`",
    "rlike": "`matches '^x'`",
    "regexp": "`matches '^x'`",
    "match": "`matches '^x'`",
    "equals": "`==`",
    "eq": "`==`",
    "ne": "`!=`",
    "gt": "`>`",
    "lt": "`<`",
    "gte": "`>=`",
    "lte": "`<=`",
    "mod": "`%`",
    "div": "`/`",
    "include": "`contains`",
    "includes": "`contains`",
    "contain": "`contains`",
    "has": "`contains`",
    "starts": "`starts with`",
    "startswith": "`starts with`",
    "ends": "`ends with`",
    "endswith": "`ends with`",
    "isnull": "`is missing`",
    "notnull": "`is known`",
    "exists": "`is known`",
    "but": "`and`",
    "also": "`and`",
    "unless": "`and not`",
    "xor": "`(a or b) and not (a and b)`",
    "order": "`asc` or `desc` after the value",
    "group": "`by` and a column, inside the call",
    "over": "`by` and a column, inside the call",
    "on": "`where`",
    "when": "`where`",
    "if": "`if(condition, value, other value)`",
    "else": "`case(condition -> value, else value)`",
}

SAME = frozenset(
    ("==", "!=", "<", "<=", ">", ">=", "%", "/", "contains", "starts with", "ends with", "is missing", "is known")
)
"""What the words for it always mean, whatever stands around them."""

MONEY = frozenset(("dollar", "dollars", "euro", "euros", "pound", "pounds", "baht", "rub", "rubles", "shekels", "yen"))
"""What stands behind an amount elsewhere."""

UNITS = {
    "s": "seconds",
    "sec": "seconds",
    "secs": "seconds",
    "m": "months",
    "min": "minutes",
    "mins": "minutes",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "d": "days",
    "w": "weeks",
    "wk": "weeks",
    "wks": "weeks",
    "mo": "months",
    "mos": "months",
    "mth": "months",
    "mths": "months",
    "q": "quarters",
    "qtr": "quarters",
    "y": "years",
    "yr": "years",
    "yrs": "years",
}
