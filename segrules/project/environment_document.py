"""environments/*.yml one for one: what is other where a project runs."""

from __future__ import annotations

from segrules.project.documents import Document, Named, Raw, SourceDocument, Word


class EnvironmentDocument(Document):
    params: Named[Raw] = {}  # noqa: RUF012
    sources: Named[SourceDocument] = {}  # noqa: RUF012
    engine: Word | None = None
