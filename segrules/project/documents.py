"""The files one for one: what may stand in segrules.yml, segments/*.yml and tests/*.yml. The only place of pydantic.

A document is made from plain dictionaries whose leaves are YAML scalars; leaves become values that know their spans.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar
from typing import Literal as OneOf

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    Tag,
    model_validator,
)

from segrules.language.core import Duration, Literal
from segrules.language.types import Type
from segrules.project import leaves
from segrules.project.contract_types import column_type
from segrules.project.leaves import Located, Unfit
from segrules.project.model import CLAIMS, Keys, Range
from segrules.project.names import ABOUT
from segrules.project.plain import Entries, Key, Plain, is_null
from segrules.project.yaml_source import Scalar
from segrules.source import Fragment, Span

T = TypeVar("T")


def _empty_if_null(node: Plain) -> Any:
    """A key that is written without a value holds nothing yet."""
    return {} if is_null(node) else node


def _no_items_if_null(node: Plain) -> Any:
    return [] if is_null(node) else node


def one_or_more(node: Plain) -> Any:
    """One thing may stand without the list around it."""
    return [] if is_null(node) else node if isinstance(node, list) else [node]


Named = Annotated[dict[Annotated[Key, PlainValidator(lambda key: key)], T], BeforeValidator(_empty_if_null)]
Listed = Annotated[list[T], BeforeValidator(_no_items_if_null)]
Word = Annotated[Located[str], PlainValidator(leaves.word)]
Rule = Annotated[Fragment, PlainValidator(leaves.rule)]
Moment = Annotated[Any, PlainValidator(leaves.moment)]
Free = Annotated[Any, PlainValidator(leaves.anything)]
Raw = Annotated[Any, PlainValidator(lambda node: node)]
"""A value whose type only the contract tells."""


class Document(BaseModel):
    """A mapping of known keys. Keys without a value count as not written."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, defer_build=True)

    _span: Span = PrivateAttr()
    _keys: dict[str, Span] = PrivateAttr()

    @classmethod
    def short(cls, scalar: Scalar) -> dict[str, Any] | None:
        """What a single value in place of the mapping stands for."""

    @model_validator(mode="wrap")
    @classmethod
    def _keep_places(cls, data: Any, handler: ModelWrapValidatorHandler[Document]) -> Document:
        if type(data) is dict:  # a second look, which pydantic takes at documents inside documents of their kind
            return handler(data)
        long = cls.short(data) if isinstance(data, Scalar) else data
        written = cls._written(long) if isinstance(long, dict) else data
        document = handler(written)
        document._span = data.span
        document._keys = {str(key): key.span for key in data if key in written} if isinstance(data, Entries) else {}
        return document

    @classmethod
    def _written(cls, data: dict[Any, Any]) -> dict[Any, Any]:
        """The entries without known keys that have no value: optional ones are as good as left out."""
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in data.items() if not (key in known and is_null(value))}

    @property
    def span(self) -> Span:
        return self._span

    def key_span(self, key: str) -> Span:
        """Where a key is written, or the whole document in its short form."""
        return self._keys.get(key, self._span)

    def has(self, key: str) -> bool:
        return key in self._keys


# segrules.yml

Level = Annotated[
    OneOf["off", "info", "warning", "error"], PlainValidator(leaves.one_of("off", "info", "warning", "error"))
]


class FormatDocument(Document):
    delimiter: Annotated[str, PlainValidator(leaves.one_character)] = ","
    encoding: Annotated[str, PlainValidator(leaves.encoding)] = "utf-8"
    decimal: Annotated[str, PlainValidator(leaves.one_character)] = "."
    dates: Word | None = None
    missing: Annotated[tuple[str, ...], PlainValidator(leaves.texts)] = ("",)


class SourceDocument(Document):
    path: Annotated[Located[str], PlainValidator(leaves.path)] | None = None
    table: Word | None = None
    format: FormatDocument | None = None

    @classmethod
    def short(cls, scalar: Scalar) -> dict[str, Any] | None:
        return {"path": scalar}


class ColumnDocument(Document):
    type: Annotated[Located[Type], PlainValidator(column_type)]
    values: Listed[Raw] | None = None
    min: Raw | None = None
    max: Raw | None = None
    missing: Annotated[str, PlainValidator(leaves.one_of("never"))] | None = None

    @classmethod
    def short(cls, scalar: Scalar) -> dict[str, Any] | None:
        return {"type": scalar}


class _Rows(Document):
    """What entities, relations and lookups have in common."""

    source: SourceDocument | None = None
    format: FormatDocument | None = None
    columns: Named[ColumnDocument] = {}
    lookups: Named[LookupDocument] = {}


def _one_of_two(document: _Rows, source: str, other: str) -> None:
    """Refuses rows that come from nowhere, or from two places."""
    if document.has(source) and document.has(other):
        message = f"`{{key}}` has `{source}` and `{other}`, and its rows come from one of them"
        raise Unfit(message, code="invalid-source", span=document.key_span(other))
    if not document.has(source) and not document.has(other):
        raise Unfit(f"`{{key}}` needs `{source}`", code="missing-key", help=f"or `{other}:` instead")


class LookupDocument(_Rows):
    on: Annotated[tuple[tuple[Located[str], Located[str]], ...], PlainValidator(leaves.pairs)]
    valid: Annotated[tuple[Located[str], Located[str]], PlainValidator(leaves.two_words)] | None = None
    entity: Word | None = None

    @model_validator(mode="after")
    def _has_rows(self) -> LookupDocument:
        _one_of_two(self, "source", "entity")
        return self


class EntityDocument(_Rows):
    from_relation: Word | None = Field(None, alias="from")
    key: Word | None = None
    time: Word | None = None
    valid: Annotated[tuple[Located[str], Located[str]], PlainValidator(leaves.two_words)] | None = None

    @model_validator(mode="after")
    def _has_rows_and_key(self) -> EntityDocument:
        _one_of_two(self, "source", "from")
        if self.key is None and self.from_relation is None:
            raise Unfit("`{key}` needs `key`", code="missing-key", help="the column whose values are unique")
        return self


class ValueDocument(Document):
    spend: Rule
    margin: Rule | None = None
    order: Word | None = None

    @classmethod
    def short(cls, scalar: Scalar) -> dict[str, Any] | None:
        return {"spend": scalar}


class RelationDocument(_Rows):
    source: SourceDocument
    of: Word | None = None
    key: Word
    time: Word | None = None
    order: Word | None = None
    fresh: Annotated[Located[Duration], PlainValidator(leaves.duration)] | None = None
    value: ValueDocument | None = None


class DerivedRelationDocument(Document):
    of: Word | None = None
    from_relation: Word = Field(alias="from")
    where: Rule | None = None
    by: Annotated[list[Rule], BeforeValidator(one_or_more)] = []
    columns: Named[Rule] = {}
    time: Word | None = None
    order: Word | None = None
    value: ValueDocument | None = None


def _relation_form(node: Plain) -> str:
    return "derived relation" if isinstance(node, Entries) and "from" in node else "stored relation"


AnyRelation = Annotated[
    Annotated[RelationDocument, Tag("stored relation")] | Annotated[DerivedRelationDocument, Tag("derived relation")],
    Discriminator(_relation_form),
]


class LimitsDocument(Document):
    change: Annotated[tuple[Decimal, str, Span], PlainValidator(leaves.amount)] | None = None
    entered: Annotated[tuple[Decimal, str, Span], PlainValidator(leaves.amount)] | None = None
    left: Annotated[tuple[Decimal, str, Span], PlainValidator(leaves.amount)] | None = None


class ApprovalDocument(Document):
    change: Word
    reason: Word
    expires: Moment
    by: Word | None = None


class HistoryDocument(Document):
    keep: Annotated[Located[Duration], PlainValidator(leaves.duration)] | None = None

    @classmethod
    def short(cls, scalar: Scalar) -> dict[str, Any] | None:
        return {} if scalar.value is True else None


class ProjectDocument(Document):
    segrules: Annotated[int, PlainValidator(leaves.version)] | None = None
    name: Word | None = None
    as_of: Moment | None = None
    timezone: Word | None = None
    fiscal_year_starts: Annotated[int, PlainValidator(leaves.month)] | None = None
    entities: Named[EntityDocument] = {}
    relations: Named[AnyRelation] = {}
    suppress: Raw | None = None
    findings: Named[Level] = {}
    limits: LimitsDocument | None = None
    approvals: Listed[ApprovalDocument] = []
    history: HistoryDocument | None = None
    engine: Word | None = None


# segments/*.yml


class ExpectDocument(Document):
    share: Annotated[tuple[Range, str, Span], PlainValidator(leaves.bounds)] | None = None
    size: Annotated[tuple[Range, str, Span], PlainValidator(leaves.bounds)] | None = None


class ExamplesDocument(Document):
    takes_in: Listed[Named[Raw]] = Field([], alias="in")
    leaves_out: Listed[Named[Raw]] = Field([], alias="out")


class TreeDocument(Document):
    when: Rule | None = None
    all: list[TreeDocument] | None = None
    any: list[TreeDocument] | None = None
    none: list[TreeDocument] | None = None

    @classmethod
    def short(cls, scalar: Scalar) -> dict[str, Any] | None:
        return {"when": scalar}

    @model_validator(mode="after")
    def _one_rule(self) -> TreeDocument:
        forms = [form for form in ("when", "all", "any", "none") if getattr(self, form) is not None]
        if not forms:
            help = "write `when:` and a rule, or `all:`, `any:` or `none:` and a list of rules"
            raise Unfit("`{key}` has no rule", code="missing-key", help=help)
        if len(forms) > 1:
            listed = " and ".join(f"`{form}`" for form in forms)
            raise Unfit(f"`{{key}}` has {listed}, and one of them is the rule", help="put one inside the other")
        if getattr(self, forms[0]) == []:
            raise Unfit(f"`{forms[0]}` needs at least one rule", code="empty-list", span=self.key_span(forms[0]))
        return self


class _About(Document):
    label: Free = None
    description: Free = None
    owner: Free = None
    tags: Free = None
    persona: Free = None
    channel: Free = None
    message: Free = None
    meta: Free = None

    def about(self) -> dict[str, Any]:
        return {key: value for key in ABOUT if (value := getattr(self, key)) is not None}


class SegmentDocument(TreeDocument, _About):
    include: Annotated[Keys, PlainValidator(leaves.keys)] | None = None
    exclude: Annotated[Keys, PlainValidator(leaves.keys)] | None = None
    suppress: Annotated[Fragment | bool, PlainValidator(leaves.suppression)] | None = None
    expect: ExpectDocument | None = None
    cost: Annotated[Decimal, PlainValidator(leaves.cost)] | None = None
    examples: ExamplesDocument | None = None


class SegmentationDocument(_About):
    hit: Annotated[OneOf["first", "unique", "any"], PlainValidator(leaves.one_of("first", "unique", "any"))] = "first"
    stages: Named[Rule]
    otherwise: Word | None = None


Names = Annotated[list[Word], BeforeValidator(one_or_more)]


class AssertionDocument(Document):
    disjoint: Names | None = None
    inside: Names | None = None
    covers: Names | None = None
    equal: Names | None = None
    because: Word | None = None

    @model_validator(mode="after")
    def _one_claim(self) -> AssertionDocument:
        written = (form for form in CLAIMS if getattr(self, form) is not None)
        forms = sorted(written, key=lambda form: self.key_span(form).start)
        listed = ", ".join(f"`{form}`" for form in CLAIMS)
        if not forms:
            raise Unfit("nothing says what is to stay true", code="missing-key", help=f"one of {listed}")
        if len(forms) > 1:
            said = " and ".join(f"`{form}`" for form in forms)
            help = "make it two entries of `prove`"
            raise Unfit(f"one entry of `prove` has {said}", span=self.key_span(forms[1]), help=help)
        return self


class SegmentsDocument(Document):
    entity: Word | None = None
    params: Named[Annotated[Literal, PlainValidator(leaves.param)]] = {}
    traits: Named[Rule] = {}
    segments: Named[SegmentDocument] = {}
    segmentations: Named[SegmentationDocument] = {}
    carry: Listed[Word] = []
    prove: Annotated[list[AssertionDocument], BeforeValidator(one_or_more)] = []


# tests/*.yml


class CaseDocument(Document):
    name: Word
    as_of: Moment | None = None
    given: Named[Listed[Named[Raw]]] = {}
    expect: Named[Raw]


class TestsDocument(Document):
    __test__ = False

    as_of: Moment | None = None
    defaults: Named[Named[Raw]] = {}
    cases: Listed[CaseDocument] = []
