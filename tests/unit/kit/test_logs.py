"""Logs: one format for everybody's lines, and no message of an exception in them."""

import json
import logging

import psycopg
import pytest

from kit import logs

PERSONAL = "Key (email)=(ada@example.com) already exists"


pytestmark = pytest.mark.usefixtures("logging_put_back")


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("format", ["json", "console"])
def test_an_exception_is_logged_by_class_and_place_without_its_message(
    capsys: pytest.CaptureFixture[str],
    format: str,  # noqa: A002 as the setting is called
) -> None:
    logs.configure("test", format=format)
    try:
        raise psycopg.errors.UniqueViolation(PERSONAL) from ValueError(PERSONAL)
    except psycopg.Error:
        logs.get_logger("ours").exception("row_failed", contact_id="7")
        logging.getLogger("a.library").exception("it failed")
    logging.getLogger("another").error("it failed later", exc_info=ValueError(PERSONAL))
    written = lines(capsys)
    assert [line.count("UniqueViolation") for line in written] == [1, 1, 0]
    assert all("test_logs.py" in line for line in written[:2])
    assert "ada" not in "".join(written)


def test_every_line_is_one_json_object_that_names_its_service(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("test", level="info")
    logs.get_logger("ours").info("two\nlines", fact="a\nb")
    logs.get_logger("ours").debug("too_quiet")
    logging.getLogger("uvicorn.error").warning("from %s", "uvicorn")
    logging.getLogger("noisy.library").info("nobody asked")
    first, second = (json.loads(line) for line in lines(capsys))
    assert (first["event"], first["fact"], first["level"], first["service"]) == ("two\nlines", "a\nb", "info", "test")
    assert second["event"] == "from uvicorn"
