"""Log files that rotate by size, and lines that cannot drive the reader's terminal."""

from pathlib import Path

import pytest

from deploy.embedded.output import Output, RotatedFile


def test_a_full_file_moves_on_and_the_oldest_goes(tmp_path: Path) -> None:
    file = RotatedFile(tmp_path / "x.log", limit_bytes=10, kept=2)
    for number in range(5):
        file.write(f"line {number}")
    file.close()
    contents = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert contents == {"x.log": "line 4\n", "x.log.1": "line 3\n", "x.log.2": "line 2\n"}


def test_a_file_of_the_last_run_is_continued(tmp_path: Path) -> None:
    for _ in range(2):
        file = RotatedFile(tmp_path / "x.log")
        file.write("line")
        file.close()
    assert (tmp_path / "x.log").read_text() == "line\nline\n"


def test_lines_have_their_process_before_them_and_no_control_characters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = Output(tmp_path, ["crm"], show_logs=True)
    output.line("crm", "red \x1b[31malert\x07")
    output.event("done")
    output.close()
    assert capsys.readouterr().out == "crm     | red [31malert\nrapport | done\n"


def test_without_logs_only_the_launcher_speaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(tmp_path, ["crm"], show_logs=False)
    output.line("crm", "hidden")
    output.event("shown")
    output.close()
    assert capsys.readouterr().out == "rapport | shown\n"
    assert (tmp_path / "crm.log").read_text() == "hidden\n"
