"""What is wrong with a rule set, said to its author: findings and the table of their codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from segrules.source import Edit, Span


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. `name` never changes meaning; docs/errors/<name>.md explains it.

    is_of_data: only data shows it; is_asked_for: it is off unless a project wants it; is_proof: it is proven of rules
    that can be run as they are.
    """

    name: str
    severity: Severity
    title: str
    is_of_data: bool = False
    is_asked_for: bool = False
    is_proof: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of files that mends a finding. is_safe: it keeps what the rules mean, or is surely what was meant."""

    title: str
    edits: tuple[Edit, ...]
    is_safe: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a sentence, the words it is about, and, where known, what to do.

    `span` is None only where there is no text to point at; `path` then names the file, if any. level: how severe a
    project takes it, where that is not as usual. related: other words that it is about, to be shown with carets, too.
    notes: what else is known, a line each, such as `example: {orders: 0}`. example: the row of such a line for
    programs: its `values` by name, and its `rows` by table.
    """

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    path: str | None = None
    fix: Fix | None = None
    level: Severity | None = None
    related: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    example: Mapping[str, Mapping[str, object]] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown diagnostic code {self.code!r}")

    @property
    def severity(self) -> Severity:
        return self.level or CODES[self.code].severity


def is_error(finding: Diagnostic) -> bool:
    return finding.severity is Severity.ERROR


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    return any(map(is_error, findings))


def is_adjustable(code: Code) -> bool:
    """Whether a project may take a kind of finding more or less seriously; what cannot be run is wrong everywhere."""
    return code.severity is not Severity.ERROR or code.is_proof


def is_fixable(finding: Diagnostic) -> bool:
    """Whether a finding has a fix that may be applied without asking."""
    return finding.fix is not None and finding.fix.is_safe


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """``did you mean `recency_days`?``, or None where nothing known is close to `word`."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return f"did you mean `{names[close[0]]}`?" if close else None


def guess(help: str | None, span: Span | None) -> Fix | None:
    """The fix that `did_you_mean` at the words of a span amounts to: a guess, so never a safe one."""
    found = _GUESS.fullmatch(help) if help and span else None
    return Fix(f"write `{found[1]}`", (Edit(span, found[1]),), False) if found and span else None


_GUESS = re.compile("did you mean `([^`'\"]+)`\\?")  # a quote would have to be written as its place in a file asks for

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_ALL = (
    # files and YAML
    Code("file-missing", _E, "A file or folder that the project needs is not there"),
    Code("file-unreadable", _E, "A file cannot be read or is not UTF-8 text"),
    Code("file-too-large", _E, "A rule file is larger than rule files are allowed to be"),
    Code("yaml-syntax", _E, "The file is not YAML"),
    Code("yaml-tab", _E, "A tab stands where YAML wants blanks"),
    Code("yaml-too-deep", _E, "The file is nested too deeply"),
    Code("yaml-too-many-aliases", _E, "Anchors and aliases expand without bound"),
    Code("yaml-unsupported", _E, "A YAML feature that rule files do not use"),
    Code("duplicate-key", _E, "A key is written twice in one mapping"),
    Code("unknown-key", _E, "A key that segrules does not know"),
    Code("missing-key", _E, "A key that must be there is not"),
    Code("wrong-value", _E, "A value of the wrong kind for its key"),
    Code("invalid-setting", _E, "A `--set` or `--env` that does not fit the project"),
    Code("cut-rule", _E, "A rule was cut by YAML at a comma, colon, quote or #"),
    Code("invalid-ignore", _W, "A comment that should ignore a finding and cannot be understood"),
    Code("unused-ignore", _W, "A comment ignores a finding that is not there"),
    Code("not-formatted", _E, "A file is not in its canonical text"),
    # project
    Code("invalid-name", _E, "A name that cannot be used"),
    Code("duplicate-name", _E, "Two things of one kind have the same name"),
    Code("unknown-entity", _E, "An entity that the project does not declare"),
    Code("unknown-relation", _E, "A relation that the project does not declare"),
    Code("invalid-source", _E, "A source that cannot be used as declared"),
    Code("invalid-test", _E, "A test case that cannot be run as written"),
    Code("reference-cycle", _E, "Traits, segments or relations that refer to each other in a circle"),
    # expressions
    Code("syntax", _E, "The expression cannot be read"),
    Code("too-deep", _E, "The expression is nested too deeply"),
    Code("chained-comparison", _E, "Two comparisons in a row"),
    Code("mixed-and-or", _W, "`and` and `or` are mixed without parentheses"),
    Code("unknown-name", _E, "A name that is not a column or trait"),
    Code("ambiguous-name", _E, "A name that means two things here"),
    Code("unknown-function", _E, "A function that segrules does not have"),
    Code("unknown-segment", _E, "A segment that the project does not define"),
    Code("unknown-param", _E, "A param that the file does not define"),
    Code("wrong-arguments", _E, "A function is called with the wrong arguments"),
    Code("wrong-type", _E, "Values of types that do not go together"),
    Code("unknown-constant", _E, "A constant that the column or segmentation never has"),
    Code("impossible-date", _E, "A date or time that does not exist"),
    Code("impossible-duration", _E, "A duration or window that cannot be"),
    Code("empty-range", _W, "A range whose low end lies above its high end"),
    Code("empty-list", _E, "A list without values in a rule"),
    Code("invalid-pattern", _E, "A regular expression that cannot be read"),
    Code("relation-as-value", _E, "A relation stands where a value is needed"),
    Code("value-as-relation", _E, "A value stands where a relation is needed"),
    Code("nested-aggregate", _E, "An aggregate inside an aggregate"),
    Code("missing-where", _E, "`every` and `share` need a test"),
    Code("no-order", _E, "Rows without time or order have no first and last"),
    Code("no-time", _E, "A window on a relation without a time"),
    Code("not-supported-yet", _E, "A form of the language that this version cannot run"),
    Code("negative-on-missing", _W, "A negative test also holds where the value is missing"),
    Code("inexact-threshold", _W, "A threshold on an aggregate of inexact numbers"),
    Code("float-equality", _W, "Inexact numbers are compared for equality"),
    # remarks of `validate`
    Code("unused-trait", _W, "A trait that nothing uses"),
    Code("unused-param", _W, "A param that nothing uses"),
    Code("stale-date", _W, "A test of a date that decides nothing"),
    Code("shadowed-stage", _W, "A stage that earlier ones leave no rows", is_proof=True),
    Code("repeated-number", _I, "A number that several rules compare one thing with"),
    Code("missing-owner", _W, "A segment without an owner", is_asked_for=True),
    Code("missing-test", _W, "A segment without a test", is_asked_for=True),
    # proofs
    Code("never-matches", _E, "A segment or stage that no row can match", is_proof=True),
    Code("always-matches", _W, "A segment that every row matches", is_proof=True),
    Code("clause-without-effect", _W, "A clause whose loss would change nothing", is_proof=True),
    Code("overlapping-stages", _E, "Two stages of a `unique` segmentation that one row can match", is_proof=True),
    Code("stage-gap", _W, "A segmentation in which rows can have no stage", is_proof=True),
    Code("missing-gap", _W, "A segmentation in which rows with missing values have no stage", is_proof=True),
    Code("broken-assertion", _E, "What `prove` is to keep true does not hold", is_proof=True),
    Code("inconclusive", _I, "A question about rules that has no answer", is_proof=True),
    # runs: data, contract, expectations
    Code("data-missing", _E, "A source's file is not there or is empty"),
    Code("data-unreadable", _E, "A source's file cannot be read"),
    Code("missing-column", _E, "The data has no column that the contract names"),
    Code("wrong-column-type", _E, "A column of the data has another type than the contract says"),
    Code("unfit-value", _E, "Stored values that do not fit their column's type"),
    Code("duplicate-entity-key", _E, "A key that stands twice where it must be unique"),
    Code("missing-entity-key", _E, "A row without a key where each must have one"),
    Code("unknown-entity-key", _E, "A key that names no row, or rows of several entities"),
    Code("contract-breach", _W, "Stored values outside the contract", is_of_data=True),
    Code("ignored-rows", _W, "Rows without a key or time, or of nobody known", is_of_data=True),
    Code("tied-rows", _W, "Rows of one entity that are equal in time and order", is_of_data=True),
    Code("many-ties", _W, "Equal values make a top more than twice as large as asked for", is_of_data=True),
    Code("constant-never-occurs", _W, "A constant that the data never has", is_of_data=True),
    Code("segmentation-overlap", _E, "An entity row matches two stages of a `unique` segmentation"),
    Code("number-too-large", _E, "A number outgrew its type while rules were computed"),
    Code("expectation-broken", _E, "A segment's size or share is not what `expect` says"),
    Code("stale-data", _E, "The newest row is older than `fresh` allows"),
    Code("today-columns", _I, "The past is replayed with today's columns", is_of_data=True),
    Code("history-unreadable", _E, "What is recorded of earlier runs cannot be used"),
    Code("no-history", _E, "No run is recorded that could answer this"),
    Code("invalid-engine", _E, "An engine that there is not, or a password where others read it"),
    Code("engine-failed", _E, "The engine cannot be reached, or broke off"),
    Code("output-refused", _E, "The output cannot be written as asked"),
    # versions of a project
    Code("unknown-revision", _E, "A version of the project that cannot be read"),
    Code("limit-exceeded", _E, "A change moves more customers than `limits` allow"),
)

CODES = {code.name: code for code in _ALL}
