"""Scripts of other sites: they may read what is public, where the owner has named the site, and nothing else."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest

from clinic.practice.selectors import embed_origins

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class PublicReadsMiddleware(CorsMiddleware):
    """Cross-origin reads of `CORS_URLS_REGEX`, without cookies, for the sites on the owner's list.

    Browsers write an origin in one way only, and the list is kept in that way: so they are compared
    as whole texts. No pattern, no ending, no `null`.
    """

    def is_enabled(self, request: HttpRequest) -> bool:
        return request.method in _READS and super().is_enabled(request)

    def origin_found_in_white_lists(self, origin: str, url: SplitResult) -> bool:
        return origin in embed_origins()
