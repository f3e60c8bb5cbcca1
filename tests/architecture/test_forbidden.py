"""What no file of ours may hold: other people's machines, code made from data, caught-all faults, secrets."""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from kit.settings import Settings
from tests.architecture import tree

PRODUCT = tree.below(*tree.PRODUCT, suffix=".py")

# Written so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.>}*-])/(?:(?:work|root|home|Users|opt|mnt|srv)(?![\w-])|(?:var/)?tmp/\w)")
REGISTRY = re.compile(
    r"pypi\.(?:org|python\.org)|pythonhosted\.(?:org|com)|npm(?:js\.(?:org|com)|mirror)|yarnpkg\.com"
    r"|(?:docker|ghcr|quay|gcr)\.io|public\.ecr\.aws|\bartifact(?:ory|registry)|\bnexus\b|\bdevpi\b"
    r"|^\s*(?:--)?(?:extra-)?index-url[ =]|^\s*--find-links|\"resolved\":",
    re.MULTILINE,
)
INSIDE_THE_IMAGE = {
    "deploy/Dockerfile": "the image's own folders",
    "deploy/compose.yaml": "folders inside the containers",
}

CAUGHT_ALL = {
    "kit/asgi.py": "the web process's root: the caller always gets an answer",
    "kit/jobs/queue.py": "the worker's root: any fault is recorded, then tried again or given up",
}
READS_ENVIRONMENT = {
    "kit/settings.py": "refuses variables that no setting knows",
}

CODE_FROM_DATA_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
CODE_FROM_DATA_CALLS = {"eval", "exec", "compile", "__import__"}
SECRET_NAME = re.compile(r"secret|password|token(?!s$)|(?:^|_)key$|database_url")  # tokens are counted
SHELL_CALLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}


def test_no_file_names_somebodys_machine() -> None:
    found = {str(path) for path in text_files() if MACHINE_PATH.search(tree.read(path))}
    assert found - INSIDE_THE_IMAGE.keys() == set()


def test_no_file_names_a_registry() -> None:
    assert [str(path) for path in text_files() if REGISTRY.search(tree.read(path))] == []


@pytest.mark.parametrize("line", ["cd ~work/main", "HOME=~root", '"~opt/x"', "(~tmp/x)", "at ~home/me/x"])
def test_a_machine_would_be_found(line: str) -> None:
    assert MACHINE_PATH.search(line.replace("~", "/"))


@pytest.mark.parametrize("line", ["--index~url https://x", "FROM docker~io/library/x", "https://pypi~org/simple"])
def test_a_registry_would_be_found(line: str) -> None:
    assert REGISTRY.search(line.replace("~url", "-url").replace("~", "."))


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_no_code_is_made_from_data(path: Path) -> None:
    module = tree.parse(path)
    assert imported_roots(module) & CODE_FROM_DATA_MODULES == set()
    assert called(module) & (CODE_FROM_DATA_CALLS | SHELL_CALLS) == set()
    assert not keyword_is_true(module, "shell")
    assert not keyword_is_true(module, "allow_pickle")


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.parts[0] in {"services", "gateway"}], ids=str)
def test_a_service_logs_and_never_prints(path: Path) -> None:
    assert called(tree.parse(path)) & {"print", "pprint", "pprint.pprint"} == set()


def test_only_process_roots_catch_everything() -> None:
    assert found_in(catches_everything) == CAUGHT_ALL.keys()


def test_the_kit_and_the_services_take_settings_and_read_no_environment() -> None:
    inside = {path for path in found_in(reads_environment) if not path.startswith("deploy/")}
    assert inside == READS_ENVIRONMENT.keys()


def test_no_secret_has_a_default() -> None:
    given = [
        f"{kind.__name__}.{name}"
        for kind, name, field in secrets()
        if not field.is_required() and field.get_default(call_default_factory=True) is not None
    ]
    assert given == []


def test_what_is_secret_cannot_be_printed() -> None:
    plain = [f"{kind.__name__}.{name}" for kind, name, field in secrets() if "SecretStr" not in str(field.annotation)]
    assert plain == []


def text_files() -> Iterator[Path]:
    for path in tree.files():
        try:
            tree.read(path)
        except UnicodeDecodeError:
            continue
        yield path


def found_in(search: Callable[[ast.Module], bool]) -> set[str]:
    return {str(path) for path in PRODUCT if search(tree.parse(path))}


def imported_roots(module: ast.Module) -> set[str]:
    names = [
        alias.name for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    ]
    froms = [node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in names + froms}


def called(module: ast.Module) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}


def keyword_is_true(module: ast.Module, name: str) -> bool:
    keywords = [node for node in ast.walk(module) if isinstance(node, ast.keyword) and node.arg == name]
    return any(not (isinstance(one.value, ast.Constant) and one.value.value is False) for one in keywords)


def catches_everything(module: ast.Module) -> bool:
    """Tell whether a handler takes every fault and does not raise it again at its end."""
    handlers = [node for node in ast.walk(module) if isinstance(node, ast.ExceptHandler)]
    return any(is_open(handler) and not raises_again(handler) for handler in handlers)


def is_open(handler: ast.ExceptHandler) -> bool:
    named = set() if handler.type is None else set(re.findall(r"\w+", ast.unparse(handler.type)))
    return handler.type is None or bool(named & {"Exception", "BaseException"})


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def reads_environment(module: ast.Module) -> bool:
    read = {ast.unparse(node) for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    return bool(read & {"os.environ", "os.getenv", "os.environb"})


def secrets() -> list[tuple[type[Settings], str, FieldInfo]]:
    """Return every setting that is secret by its type or by its name."""
    for path in PRODUCT:
        if path.stem == "settings":
            importlib.import_module(".".join(path.with_suffix("").parts))
    return [
        (kind, name, field)
        for kind in descendants(Settings)
        if kind.__module__.split(".")[0] in tree.PRODUCT
        for name, field in kind.model_fields.items()
        if SecretStr.__name__ in str(field.annotation) or SECRET_NAME.search(name)
    ]


def descendants(kind: type[Settings]) -> list[type[Settings]]:
    return [kind, *(below for child in kind.__subclasses__() for below in descendants(child))]
