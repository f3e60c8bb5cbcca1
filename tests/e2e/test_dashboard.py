"""The dashboard in a real browser, on the sample: what each page shows, what each action does, what is refused."""

import http.server
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Route

from deploy import tokens
from deploy.sample import WORKSPACE_ID
from tests.e2e.browser import Tab, chromium, missing
from tests.e2e.conftest import Sampled, Stack, free_port, start
from tests.e2e.test_journey import eventually
from tests.e2e.test_killed import find

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(missing() is not None, reason=str(missing()))]

# path, what it shows in English, its head in Russian
PAGES = [
    ("recommendations/", "Whom Jeff Dasovich should know", "С кем познакомиться"),  # noqa: RUF001 Russian
    ("contact/", "Vice President Trading", "Контакты"),
    ("interest-clusters/", "Trading", "Группы интересов"),
    ("churn-analysis/", "Ties at risk", "Связи под угрозой"),
    ("sentiment-analysis/", "Tone", "Тон отношений"),
    ("accounts/", "6,079 rows", "Компании"),
    ("models/", "people ranker", "Модели и задания"),
    ("import/", "Drop a file here", "Импорт"),
]
LONGEST_TASK = """() => {
    window.longest = 0;
    const note = ({duration}) => { window.longest = Math.max(window.longest, duration) };
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({entryTypes: ['longtask']});
}"""


class Site:
    """The sample's stack, who looks at it, and a browser."""

    def __init__(self, stack: Stack, parent: str) -> None:
        self.stack, self.parent = stack, parent
        self.url: str = stack.endpoint["url"]
        with stack.client() as client:
            cards = client.get("/crm/contacts", params={"source": "enron", "external_id": "20"}).json()["items"]
            users = client.get("/crm/users").json()["items"]
        self.self_id: str = cards[0]["id"]
        self.user_id = next(UUID(user["id"]) for user in users if user["contact_id"] == self.self_id)
        self.token = self.new_token()

    def new_token(self, lifetime_s: int = 3600) -> str:
        home, user_id = self.stack.home, self.user_id
        return tokens.sign(home, WORKSPACE_ID, user_id=user_id, scopes=tokens.SCOPES, lifetime_s=lifetime_s)


class Parent:
    """A page of somebody else that shows the dashboard in a frame."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.shown = ""
        parent = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f'<!doctype html><iframe src="{parent.shown}" width="900" height="700"></iframe>'.encode()
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def parent() -> Iterator[Parent]:
    served = Parent(free_port())
    yield served
    served.close()


@pytest.fixture(scope="module")
def site(sampled: Sampled, parent: Parent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a copy of the sample: what is decided here changes it."""
    home = tmp_path_factory.mktemp("dashboard") / "home"
    subprocess.run(["cp", "-a", sampled.home, home], check=True)  # noqa: S603, S607 owners and modes stay
    stack = start(home, free_port(), GATEWAY_DASHBOARD_PARENTS=f'["{parent.url}"]')
    assert stack.endpoint["workspace_id"] == str(WORKSPACE_ID)
    yield Site(stack, parent.url)
    stack.stop()


@pytest.fixture(scope="module")
def new_tab(site: Site) -> Iterator[Callable[..., Tab]]:
    with chromium() as browser:
        yield lambda **options: Tab(browser, site.url, **options)


@pytest.fixture
def tab(new_tab: Callable[..., Tab], site: Site) -> Iterator[Tab]:
    """A tab that may complain about nothing and ask nobody else."""
    opened = new_tab()
    yield opened
    opened.close()
    assert opened.complaints == []
    assert opened.asked <= {site.url.removeprefix("http://"), "blank"}


@pytest.fixture
def rough_tab(new_tab: Callable[..., Tab]) -> Iterator[Tab]:
    """A tab whose console reports refusals: they are the subject."""
    opened = new_tab()
    yield opened
    opened.close()


@pytest.mark.parametrize(("path", "shown", "russian"), PAGES, ids=[path for path, *_ in PAGES])
def test_each_page_shows_the_sample_in_both_languages_to_everybody(
    tab: Tab, site: Site, path: str, shown: str, russian: str
) -> None:
    page = tab.open(path, site.token)
    page.get_by_text(shown).locator("visible=true").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert tab.grave() == []
    page.get_by_role("button", name="По-русски").click()
    page.get_by_role("heading", name=russian, level=1).wait_for()
    assert page.evaluate("document.documentElement.lang") == "ru"
    page.reload()
    page.get_by_role("heading", name=russian, level=1).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_is_one_page_with_every_part_on_its_own(new_tab: Callable[..., Tab], site: Site, scheme: str) -> None:
    tab = new_tab(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page = tab.open(f"contact/?id={site.self_id}", site.token)
    page.get_by_role("heading", name="Jeff Dasovich").wait_for()
    page.get_by_text("in all, newest first").wait_for()
    for part in ("Similar people", "Should meet", "Timeline", "Is the tie at risk?"):
        page.get_by_role("region", name=part).first.wait_for()
    page.get_by_text("Richard Shapiro").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.grave() == []
    assert tab.complaints == []
    tab.close()


def test_the_link_signs_in_and_its_token_is_nowhere_but_in_the_tab(tab: Tab, site: Site) -> None:
    page = tab.open("", site.token)
    page.get_by_role("heading", name="People to meet").wait_for()
    assert "token" not in page.url
    assert page.evaluate("sessionStorage.getItem('rapport.token')") == site.token
    assert site.token not in page.evaluate("JSON.stringify(localStorage) + document.cookie")
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.evaluate("sessionStorage.length") == 0


def test_search_finds_as_one_types_and_needs_no_mouse(tab: Tab, site: Site) -> None:
    page = tab.open("recommendations/", site.token)
    page.get_by_role("heading", name="People to meet").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("shapi")
    page.get_by_role("option", name="Richard Shapiro").wait_for()
    assert tab.grave() == []
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Richard Shapiro").wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("who works on regulatory affairs")
    page.get_by_role("option", name="James D. Steffes").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("option").count() == 0


def test_a_decision_can_be_undone_and_one_that_stands_survives_a_reload(tab: Tab, site: Site) -> None:
    page = tab.open("recommendations/", site.token)
    names = page.locator("main li[aria-label]")
    names.first.wait_for()
    first, second = (names.nth(index).get_attribute("aria-label") for index in (0, 1))
    page.get_by_role("button", name=f"Connect: {first}").click()
    page.get_by_role("listitem", name=first).wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("listitem", name=first).wait_for()
    page.get_by_role("button", name=f"Connect: {first}").click()
    page.get_by_role("button", name=f"Dismiss: {second}").click()
    page.reload()  # nobody waits for the seconds in which it could be undone
    names.first.wait_for()
    assert not {first, second} & {names.nth(index).get_attribute("aria-label") for index in range(names.count())}


def test_reasons_a_group_and_a_score_can_be_opened(tab: Tab, site: Site) -> None:
    page = tab.open("recommendations/", site.token)
    page.get_by_role("button", name="more reasons").first.click()
    page.get_by_text("What it is made of").wait_for()
    page.get_by_label("Score at least").select_option("0.9")
    page.get_by_text("more below the score").wait_for()
    assert "min_score=0.9" in page.url
    page = tab.open("interest-clusters/", site.token)
    page.locator("[data-cluster='5']").click()
    page.get_by_text("18 people", exact=True).wait_for()
    page.get_by_role("button", name="61").press("Enter")
    page.get_by_text("61 people", exact=True).wait_for()
    assert "cluster=1" in page.url


def test_a_file_is_imported_its_bad_rows_are_named_and_a_script_in_a_name_is_text(
    tab: Tab, site: Site, tmp_path: Path
) -> None:
    script = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"
    file = tmp_path / "people.csv"
    quoted = script.replace('"', '""')
    file.write_text(
        "external_id,first_name,last_name,emails,notes,tags,created_at\n"
        f'p1,"{quoted}",Qwertz,twin@example.org,"{quoted}","{quoted}",\n'
        "p2,Zenobia,Qwertz,twin@example.org,,,\n"
        "p3,Bad,Row,,,,nonsense\n"
    )
    page = tab.open("import/", site.token)
    page.get_by_label("Choose a file").first.set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("1 bad row").wait_for()
    bad = page.get_by_role("row").filter(has_text="created_at").inner_text()
    assert bad.startswith("4")
    assert tab.grave() == []
    page.get_by_role("button", name="Merge into").first.click()
    page.get_by_role("status").filter(has_text="Merged into").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Merge into").first.wait_for()
    page.get_by_role("link", name="See the contacts").click()
    page.get_by_role("searchbox").fill("qwertz")
    page.get_by_text("2 of 158").wait_for()
    page.get_by_role("link", name="<script>").first.click()
    page.get_by_role("heading", name="<script>").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.title() == "Rapport"


@pytest.mark.parametrize("token", ["forged", "expired"])
def test_a_token_that_is_not_believed_leaves_the_page_and_a_good_one_brings_it_back(
    rough_tab: Tab, site: Site, token: str
) -> None:
    bad = site.new_token(-3600) if token == "expired" else f"{site.token[:-6]}AAAAAA"
    page = rough_tab.open(f"contact/?id={site.self_id}", bad)
    page.get_by_text("Your token has expired" if token == "expired" else "does not know this token").wait_for()
    assert rough_tab.grave() == []
    page.get_by_label("Token or API key").fill(site.token)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Jeff Dasovich").wait_for()
    assert site.self_id in page.url


def test_what_is_no_token_is_not_even_sent(tab: Tab) -> None:
    page = tab.open("", '"><script>document.title=1</script>')
    page.get_by_text("That is not a token").wait_for()
    assert page.title() == "Rapport"
    assert "script" not in page.url


def test_only_a_parent_that_is_allowed_may_frame_it(rough_tab: Tab, site: Site, parent: Parent) -> None:
    framed = rough_tab.page.frame_locator("iframe")
    parent.shown = f"{site.url}/dashboard/recommendations/?embed=1#token={site.token}"
    rough_tab.page.goto(parent.url)
    framed.get_by_role("heading", name="People to meet").wait_for()
    parent.shown = f"{site.url}/dashboard/recommendations/#token={site.token}"
    rough_tab.page.goto(parent.url)
    eventually(lambda: any("frame-ancestors" in complaint for complaint in rough_tab.complaints))
    assert framed.get_by_role("heading").count() == 0
    stranger = Parent(free_port())
    stranger.shown = f"{site.url}/dashboard/recommendations/?embed=1#token={site.token}"
    rough_tab.complaints.clear()
    rough_tab.page.goto(stranger.url)
    eventually(lambda: any("frame-ancestors" in complaint for complaint in rough_tab.complaints))
    stranger.close()


def test_a_service_that_is_down_is_named_and_the_rest_works(rough_tab: Tab, site: Site) -> None:
    page = rough_tab.open("recommendations/", site.token)
    page.get_by_role("button", name="Choose somebody else").wait_for()
    with kept_down(site.stack, "services.embeddings.app"):
        page = rough_tab.open(f"contact/?id={site.self_id}", site.token)
        similar = page.get_by_role("region", name="Similar people")
        similar.get_by_text("does not answer at the moment").wait_for()
        similar.get_by_text("service_unavailable").or_(similar.get_by_text("upstream")).first.wait_for()
        page.get_by_role("region", name="Should meet").get_by_role("link").first.wait_for()
        page.get_by_text("Does not answer now: Similarity and search").wait_for()
        assert rough_tab.grave() == []
    eventually(
        lambda: set(page.request.get(f"{site.url}/readyz").json()["services"].values()) == {"ready"}, timeout_s=60
    )
    similar.get_by_role("button", name="Try again").click()
    similar.get_by_text("Richard Shapiro").wait_for()


def test_ten_thousand_rows_are_filtered_and_scrolled_without_a_freeze(tab: Tab, site: Site) -> None:
    card = {"organization": "Enron", "title": "Director", "tags": ["senior"], "source": "x", "emails": [], "phones": []}
    rows = [
        {**card, "id": f"{n:08}", "first_name": f"Name{n}", "last_name": "Of", "influence_score": n / 1e4}
        for n in range(10_000)
    ]
    pages = {str(start): rows[start : start + 200] for start in range(0, 10_000, 200)}

    def answer(route: Route) -> None:
        at = int(route.request.url.partition("cursor=")[2] or 0)
        more = str(at + 200) if at + 200 < 10_000 else None
        route.fulfill(json={"items": pages[str(at)], "next_cursor": more})

    tab.page.route("**/api/ml/crm/contacts?*", answer)
    page = tab.open("contact/", site.token)
    page.get_by_text("10,000 rows").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(LONGEST_TASK)
    table = page.get_by_role("region", name="Contacts")
    for _ in range(20):
        table.evaluate("(element) => element.scrollBy(0, 20000)")
        page.wait_for_timeout(30)
    assert page.locator("tbody tr").count() < 80
    page.get_by_role("searchbox").press_sequentially("name9999")
    page.get_by_text("1 of 10,000").wait_for()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Influence").click()
    page.get_by_role("button", name="Influence").click()
    page.get_by_role("link", name="Name9999 Of").wait_for()
    assert page.evaluate("window.longest") < 500  # ms; a freeze is what a person notices


@contextmanager
def kept_down(stack: Stack, module: str) -> Iterator[None]:
    """Kill a process, and again each time it is started, until the block ends."""
    done = threading.Event()

    def kill() -> None:
        while not done.is_set():
            for pid in find(stack, module):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.3)

    killing = threading.Thread(target=kill)
    killing.start()
    try:
        yield
    finally:
        done.set()
        killing.join()
