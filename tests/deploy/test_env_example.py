"""`.env.example` lists what the settings read, no more and no less, with the defaults they have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_A_LITERAL = object()


def listed() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := re.fullmatch(r"#([A-Z_]+)=(.*)", line))}


def reads(file: Path) -> Iterator[tuple[str, object]]:
    """Each variable a file reads through `env.<type>`, `read_secret` or `os.environ.get`, and its default."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        called = ast.unparse(node.func)
        name = str(node.args[0].value)
        if called == "read_secret":
            yield name, NOT_A_LITERAL
            yield f"{name}_FILE", NOT_A_LITERAL
        elif re.fullmatch(r"env\.\w+", called):
            yield name, literal(next((word.value for word in node.keywords if word.arg == "default"), None))
        elif called == "os.environ.get":
            yield name, literal(node.args[1])


def literal(node: ast.expr | None) -> object:
    try:
        value = ast.literal_eval(node) if node else NOT_A_LITERAL
    except ValueError:
        return NOT_A_LITERAL
    if isinstance(value, list):
        return ",".join(value)
    return value


def settings_and_server() -> dict[str, object]:
    return {**dict(reads(ROOT / "clinic" / "settings.py")), **dict(reads(ROOT / "deploy" / "gunicorn.conf.py"))}


def compose_only() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))


def test_env_example_names_exactly_what_is_read() -> None:
    assert set(listed()) == set(settings_and_server()) | compose_only()


def test_env_example_defaults_are_those_of_the_code() -> None:
    known = {name: str(value) for name, value in settings_and_server().items() if value is not NOT_A_LITERAL}

    assert {name: listed()[name] for name in known} == known


def test_reads_sees_a_variable_that_nobody_listed(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text('A = env.int("NEW_LIMIT", default=3)\nB = read_secret("NEW_KEY")\n')

    assert dict(reads(file)) == {"NEW_LIMIT": 3, "NEW_KEY": NOT_A_LITERAL, "NEW_KEY_FILE": NOT_A_LITERAL}
