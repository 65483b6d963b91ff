"""Pages of other sites: what their scripts may read, and which of our pages may stand inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from clinic.api import middleware
from clinic.api.cross_origin import PublicReadsMiddleware
from clinic.practice.models import Practice
from clinic.practice.selectors import embed_origins
from tests.access.callers import Caller
from tests.access.routes import all_routes
from tests.access.subjects import query_of, subject_of
from tests.access.world import World, undone

pytestmark = pytest.mark.django_db

SITE: Final = "https://www.clinic.example"
OTHER_PORT: Final = "https://dev.clinic.example:8443"
ALLOW: Final = "Access-Control-Allow-Origin"
PUBLIC: Final = (
    "api/v1/clinic/",
    "api/v1/treatments/",
    "api/v1/treatments/<slug:slug>/",
    "api/v1/therapists/",
    "api/v1/availability/",
)
FOREIGN: Final = (
    "https://evil.example",
    f"{SITE}.evil.example",  # begins like an allowed one
    "https://evil-www.clinic.example",
    "https://evilwww.clinic.example",  # ends like one
    "https://clinic.example",
    "https://sub.www.clinic.example",
    "http://www.clinic.example",  # another scheme
    f"{SITE}:8443",  # another port
    "https://dev.clinic.example",
    f"{SITE}:443",
    f"{SITE}/",
    f"{SITE}@evil.example",
    SITE.upper(),
    f"{SITE} {OTHER_PORT}",
    f" {SITE},",
    "https://www.clinic.exampl",
    "null",
    "*",
    "",
    "https://[",
)


@pytest.fixture(autouse=True)
def _named_sites(world: World) -> Iterator[None]:
    with undone():
        Practice.objects.update(embed_origins=f"{SITE}\n{OTHER_PORT}")
        yield


def paths(world: World) -> Iterator[tuple[str, str]]:
    for route in all_routes():
        if not route.model_page:
            subject = subject_of(route.pattern, "own", world) if route.has_subject else ()
            yield route.pattern, route.path(*subject) + query_of("GET", route.pattern, world)


def public_paths(world: World) -> list[str]:
    return [path for pattern, path in paths(world) if pattern in PUBLIC]


def told(answer: Any) -> dict[str, str]:
    """What an answer says to scripts of other sites."""
    return {name: value for name, value in answer.headers.items() if name.lower().startswith("access-control-")}


# --- What scripts may read ----------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [SITE, OTHER_PORT])
def test_public_reads_are_open_to_the_sites_that_are_named(
    origin: str, world: World, callers: dict[str, Caller]
) -> None:
    found = public_paths(world)
    for path in found:
        answer = callers["anonymous"].call("GET", path, headers={"Origin": origin})

        assert answer.status_code == 200
        assert told(answer) == {"access-control-allow-origin": origin}
        assert "origin" in answer.headers["Vary"].lower()
    assert len(found) == len(PUBLIC)


def test_public_reads_are_asked_for_beforehand_and_only_reading_is_offered(
    world: World, callers: dict[str, Caller]
) -> None:
    headers = {"Origin": SITE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "content-type"}
    for path in public_paths(world):
        answer = callers["anonymous"].call("OPTIONS", path, headers=headers)

        assert (answer.status_code, answer.content) == (200, b"")
        assert told(answer) == {
            "access-control-allow-origin": SITE,
            "access-control-allow-methods": "GET, HEAD, OPTIONS",
            "access-control-allow-headers": "accept, content-type",
            "access-control-max-age": "86400",
        }


def test_answer_that_was_kept_is_confirmed_to_the_site_that_asks(callers: dict[str, Caller]) -> None:
    first = callers["anonymous"].call("GET", "/api/v1/treatments/", headers={"Origin": SITE})
    headers = {"Origin": OTHER_PORT, "If-None-Match": first.headers["ETag"]}

    again = callers["anonymous"].call("GET", "/api/v1/treatments/", headers=headers)

    assert (again.status_code, told(again)) == (304, {"access-control-allow-origin": OTHER_PORT})


def test_same_answer_varies_by_origin_also_for_those_who_send_none(callers: dict[str, Caller]) -> None:
    answer = callers["anonymous"].call("GET", "/api/v1/treatments/")

    assert told(answer) == {}
    assert "origin" in answer.headers["Vary"].lower()


def test_site_taken_off_the_list_reads_nothing_from_then_on(callers: dict[str, Caller]) -> None:
    before = callers["anonymous"].call("GET", "/api/v1/clinic/", headers={"Origin": SITE})
    Practice.objects.update(embed_origins=OTHER_PORT)
    after = callers["anonymous"].call("GET", "/api/v1/clinic/", headers={"Origin": SITE})

    assert (ALLOW in before.headers, ALLOW in after.headers) == (True, False)


def opened_to_foreign(callers: dict[str, Caller]) -> list[str]:
    """The foreign origins to which any of an answer, a question beforehand or a refusal is opened."""
    opened = []
    asked = {"Access-Control-Request-Method": "GET"}
    for origin in FOREIGN:
        answers = (
            callers["anonymous"].call("GET", "/api/v1/clinic/", headers={"Origin": origin}),
            callers["anonymous"].call("OPTIONS", "/api/v1/clinic/", headers={"Origin": origin, **asked}),
            callers["anonymous"].call("GET", "/api/v1/availability/", headers={"Origin": origin}),
        )
        opened += [origin] if any(ALLOW in answer.headers for answer in answers) else []
    return opened


def test_public_reads_are_opened_to_no_other_site(callers: dict[str, Caller]) -> None:
    assert opened_to_foreign(callers) == []


CARELESS: Final[dict[str, Callable[[str, Any], bool]]] = {
    "beginning": lambda origin, url: any(origin.startswith(one) for one in embed_origins()),
    "ending": lambda origin, url: any(origin.endswith(one.removeprefix("https://")) for one in embed_origins()),
    "host alone": lambda origin, url: any(f"//{url.hostname}" in one for one in embed_origins()),
    "parts": lambda origin, url: any(one.endswith(f"//{url.netloc.lower()}") for one in embed_origins()),
    "one text": lambda origin, url: origin in "\n".join(embed_origins()),
    "null too": lambda origin, url: origin in {*embed_origins(), "null"},
    "everybody": lambda origin, url: True,
}


@pytest.mark.parametrize("name", CARELESS)
def test_careless_comparison_is_noticed(name: str, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    careless = CARELESS[name]
    monkeypatch.setattr(
        PublicReadsMiddleware, "origin_found_in_white_lists", lambda self, origin, url: careless(origin, url)
    )

    assert opened_to_foreign(callers) != []


def opened_elsewhere(world: World, callers: dict[str, Caller]) -> Iterator[str]:
    """Where else an answer says anything to scripts of a site that is named, whoever is signed in."""
    origin = {"Origin": SITE}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrftoken"}
    for pattern, path in paths(world):
        methods = ("POST", "PUT", "DELETE") if pattern in PUBLIC else ("GET", "HEAD", "OPTIONS", "POST")
        for role in ("anonymous", "owner"):
            for method in methods:
                with undone():
                    answer = callers[role].call(method, path, headers=asked if method == "OPTIONS" else origin)
                if told(answer):
                    yield f"{method} {pattern}"


def test_nothing_else_is_opened_even_to_the_sites_that_are_named(world: World, callers: dict[str, Caller]) -> None:
    assert list(opened_elsewhere(world, callers)) == []


@pytest.mark.parametrize("allowed", [r"/api/v1/", r"/api/v1/(clinic|bookings)/", r"/api/v1/treatments|/"])
def test_wider_addresses_are_noticed(allowed: str, world: World, callers: dict[str, Caller], settings: Any) -> None:
    settings.CORS_URLS_REGEX = allowed

    assert any(opened_elsewhere(world, callers))


def test_writing_that_is_opened_is_noticed(
    world: World, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinic.api.cross_origin._READS", {"GET", "HEAD", "OPTIONS", "POST"})

    assert any(opened_elsewhere(world, callers))


def test_cookies_that_are_let_through_are_noticed(callers: dict[str, Caller], settings: Any) -> None:
    settings.CORS_ALLOW_CREDENTIALS = True

    answer = callers["anonymous"].call("GET", "/api/v1/clinic/", headers={"Origin": SITE})

    assert told(answer) != {"access-control-allow-origin": SITE}


def test_reading_from_our_own_pages_costs_no_query_more(
    callers: dict[str, Caller], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        callers["anonymous"].call("GET", "/api/v1/clinic/")
    with django_assert_num_queries(4):
        callers["anonymous"].call("GET", "/api/v1/clinic/", headers={"Origin": SITE})


# --- Which pages may stand in a frame -----------------------------------------------------------------

FRAMED: Final = ("/embed/nothing", "/embed/nothing/at/all/", "/embed/")
UNFRAMED: Final = (
    *("/", "/book/", "/sign-in/", "/manage/ABCDEFGH/", "/api/v1/clinic/", "/admin/login/", "/nothing"),
    *("/embed", "/embedded/", "/EMBED/", "/x/embed/", "//embed/", "/book/embed/", "/admin/embed/", "/embed%00/"),
)


def ancestors(answer: Any) -> str:
    policy = str(answer.headers["Content-Security-Policy"])
    (rule,) = [rule.strip() for rule in policy.split(";") if rule.strip().startswith("frame-ancestors")]
    return rule.removeprefix("frame-ancestors ")


def may_be_framed(answer: Any) -> bool:
    return ancestors(answer) != "'none'" or answer.headers.get("X-Frame-Options", "DENY") != "DENY"


@pytest.mark.parametrize("path", FRAMED)
def test_page_made_for_it_may_stand_in_a_frame_of_the_sites_that_are_named(
    path: str, callers: dict[str, Caller]
) -> None:
    answer = callers["anonymous"].call("GET", path)

    assert ancestors(answer) == f"'self' {SITE} {OTHER_PORT}"
    assert "X-Frame-Options" not in answer.headers
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert told(answer) == {}


def test_page_made_for_it_stands_in_our_own_frames_alone_where_no_site_is_named(callers: dict[str, Caller]) -> None:
    Practice.objects.update(embed_origins="")

    assert ancestors(callers["anonymous"].call("GET", "/embed/nothing")) == "'self'"


@pytest.mark.parametrize("path", UNFRAMED)
def test_no_other_page_may_stand_in_a_frame(path: str, callers: dict[str, Caller]) -> None:
    answer = callers["anonymous"].call("GET", path)

    assert may_be_framed(answer) is False
    assert SITE not in str(answer.headers)


def test_no_page_that_there_is_may_stand_in_a_frame(world: World, callers: dict[str, Caller]) -> None:
    found = [path for _, path in paths(world) if not path.startswith("/embed/")]

    assert [path for path in found if may_be_framed(callers["owner"].call("GET", path))] == []


@pytest.mark.parametrize("start", ["/", "/embed", "/b"])
def test_wider_start_of_framed_pages_is_noticed(
    start: str, callers: dict[str, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "_FRAMED_PATH", start)

    assert any(may_be_framed(callers["anonymous"].call("GET", path)) for path in UNFRAMED)
