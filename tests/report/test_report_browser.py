"""The page in a real browser: nothing overflows, nothing is fetched, a mark seeks its video, the filters filter."""

import shutil

import pytest

from lead.report.page import write_report
from tests.report.run_folders import HIT, Outcome, write_log, write_run

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install lead[test]")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CRASH = Outcome(infractions=[(3.0, *HIT)], seconds=5.0)


@pytest.fixture(scope="module")
def browser():
    """Chromium: one of the system's, else what `playwright install chromium` has fetched."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with playwright.sync_playwright() as tools:
        try:
            launched = tools.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no browser (apt-get install chromium, or playwright install chromium): {error.message[:80]}")
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A page of two runs with clips in it."""
    folder = tmp_path_factory.mktemp("report")
    for name, outcomes in (("expert", {"1": Outcome(), "2": CRASH}), ("blind", {"1": CRASH, "2": CRASH})):
        write_run(folder / name, outcomes, agent=name, routes="mini:1,2", logs=False)
        for route in outcomes:
            write_log(folder / name / "logs" / f"{route}.npz", CRASH, route, name, "Nowhere")
    return write_report([folder / "expert", folder / "blind"], folder / "page.html").page


@pytest.fixture
def visit(browser, report):
    """Opens the page at a width; what it asks for and complains about is kept in lists on it."""
    pages = []

    def open_at(width, **options):
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(report.as_uri())
        pages.append(page)
        return page

    yield open_at
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_overflows_and_nothing_is_fetched(visit, width):
    page = visit(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.is_visible("h1") and page.is_visible("#score-table")
    assert not page.complaints
    assert all(url.startswith(("file:", "data:", "blob:")) for url in page.asked)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_mark_seeks_its_video(visit, width):
    page = visit(width)
    mark = page.locator("#route-2 button.ev").first
    video = page.locator("#route-2 video").first
    assert not video.is_visible()
    mark.click()
    page.wait_for_function("v => v.readyState >= 2 && v.currentTime >= 1.49", arg=video.element_handle())
    assert video.is_visible()
    assert video.evaluate("v => v.videoWidth") == 1040
    assert video.evaluate("v => v.duration") == pytest.approx(5.0, abs=0.2)
    assert video.evaluate("v => v.currentTime") < 3.2
    assert not page.complaints


def test_a_video_opens_and_closes_by_keyboard(visit):
    page = visit(1280)
    button = page.locator("#route-1 button[data-open]").first
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("#route-1 video").first.is_visible() and button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert not page.locator("#route-1 video").first.is_visible()


def test_filters_leave_the_routes_that_fit(visit):
    page = visit(1280)
    page.select_option("#by-state", "good")
    assert page.is_visible("#route-1") and not page.is_visible("#route-2")
    assert page.inner_text("#shown") == "1 route"
    page.select_option("#by-state", "")
    assert page.is_visible("#route-2")


def test_dark_and_print_are_other_papers(visit):
    paper = "getComputedStyle(document.body).backgroundColor"
    light = visit(1280, color_scheme="light").evaluate(paper)
    dark = visit(1280, color_scheme="dark")
    assert dark.evaluate(paper) != light
    dark.emulate_media(media="print")
    assert dark.evaluate(paper) == "rgb(255, 255, 255)"
    assert not dark.is_visible("nav")
