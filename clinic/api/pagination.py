"""Pages of lists: `?page=` and `?page_size=`, answered as `{count, next, previous, results}`."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class PagePagination(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
