"""The page in headless Chromium: hovering, stages, search, dark and light, from a file."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from adjoint import grad

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")


def smooth(u, k, steps):
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + k * u[i] * (u[i - 1] - u[i + 1])
    return np.sum(u * u)


LINE = smooth.__code__.co_firstlineno + 3


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as drivers:
        browser = drivers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "smooth.html"
    return grad(smooth, (0, 1), jit=False, cache=False).report(path, np.ones(7), 0.1, 4)


@pytest.fixture
def page(browser, file):
    """The page, opened from its file; nothing may be said on the console or asked of the net."""
    context = browser.new_context(offline=True, color_scheme="light")
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    yield page
    assert said == []
    assert set(asked) == {file.as_uri()}
    context.close()


def shown(page, selector):
    return [e for e in page.query_selector_all(selector) if e.is_visible()]


def test_hovering_lights_up_the_counterparts(page):
    page.hover(f'#primal [data-at="0-{LINE}"]')
    lit = [e.inner_text() for e in shown(page, "#generated .lit")]
    assert any("u[i] = " in text for text in lit)
    assert any("k_bar += " in text for text in lit)
    assert not any("return" in text for text in lit)
    page.hover("h1")
    assert shown(page, ".lit") == []


def test_hovering_generated_text_lights_up_the_function(page):
    page.locator("#view-adjoint .line", has_text="k_bar +=").first.hover()
    (line,) = shown(page, "#primal .lit")
    assert line.get_attribute("data-at") == f"0-{LINE}"


def test_a_click_keeps_them_lit(page):
    page.click(f'#primal [data-at="0-{LINE}"]')
    page.hover("h1")
    assert shown(page, "#generated .pinned")
    page.keyboard.press("Escape")
    assert shown(page, ".pinned") == []


def test_stages_are_switched(page):
    assert page.is_visible("#view-adjoint")
    page.click("#tab-lowering")
    assert page.is_visible("#view-lowering")
    assert page.is_hidden("#view-adjoint")
    page.hover(f'#primal [data-at="0-{LINE}"]')
    assert shown(page, "#view-lowering .lit")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#view-reverse")


def test_search(page):
    page.keyboard.press("/")
    page.keyboard.type("stored_1")
    found = shown(page, ".found")
    assert found
    assert all("stored_1" in e.inner_text() for e in found)
    assert page.inner_text("#found") == f"{len(found)} lines"
    page.keyboard.press("Enter")
    assert page.inner_text("#found") == f"1 of {len(found)}"
    page.fill("#search", "no such thing")
    assert page.inner_text("#found") == "nothing"


def test_dark_and_light(page):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(21, 24, 30)"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert page.evaluate(ground) == "rgb(21, 24, 30)"


def test_in_a_notebook_it_lives_in_a_frame(browser):
    gradient = grad(smooth, (0, 1), jit=False, cache=False)
    gradient(np.ones(7), 0.1, 4)
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_content(f"<p>a cell</p>{gradient._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator("#tab-module").click()
    assert frame.locator("#view-module").is_visible()
    frame.locator(f'#primal [data-at="0-{LINE}"]').hover()
    assert frame.locator("#view-module .lit").count() > 0
    assert said == []
    page.close()
