"""The page: well-formed, alone, and with everything that was decided in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from adjoint import differentiable, grad, jacobian
from adjoint.errors import NotDifferentiable
from adjoint.report import framed
from adjoint.report.highlight import highlighted

VOID = {"meta", "input", "br", "link"}


class Outline(HTMLParser):
    """Elements by class and id; every tag has to be closed in its order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.text = [], [], {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def ids(self):
        return [attrs["id"] for _, attrs in self.found if "id" in attrs]

    def lines(self):
        return {key for _, attrs in self.found for key in attrs.get("data-at", "").split()}


def smooth(u, k, steps):
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + k * u[i] * (u[i - 1] - u[i + 1])
    return np.sum(u * u) if "<b>&amp;" != "" else 0.0


ARGS = (np.ones(7), 0.1, 4)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "smooth.html"
    return grad(smooth, (0, 1), jit=False, cache=False).report(path, *ARGS).read_text("utf-8")


def test_it_is_well_formed(text):
    outline = Outline(text)
    assert len(outline.ids()) == len(set(outline.ids()))


def test_it_needs_nothing_from_outside(text):
    assert not re.search(r"https?:|//[a-z]+\.|\bimport\(|@import|url\(|\bsrc=|\bhref=", text)


def test_what_the_user_wrote_is_escaped(text):
    assert "&lt;b&gt;&amp;amp;" in text
    assert "<b>&amp;" not in text


def test_each_stage_has_a_tab_and_a_text(text):
    ids = Outline(text).ids()
    for stage in ("syntax", "inference", "lowering", "reverse", "adjoint", "module"):
        assert {f"tab-{stage}", f"view-{stage}"} <= set(ids)
    assert len(re.findall('role="tab" .*aria-selected="true"', text)) == 1


def test_all_lines_of_the_function_are_there(text):
    first = smooth.__code__.co_firstlineno
    assert {f"0-{first + k}" for k in range(5)} <= Outline(text).lines()


def test_the_tables_say_what_was_decided(text):
    assert "Together 160 B at these arguments." in text  # four steps, five cells, eight bytes
    assert "it writes to the array u" in text
    assert "int64 has no derivative" in text


def sines(x, w):
    s = 0.0
    for i in range(len(x)):
        s += np.sin(x[i]) * w
    return s


def test_threads_have_a_table(text, tmp_path):
    parallel = grad(sines, (0, 1), jit=False, cache=False, parallel=True)
    threaded = parallel.report(tmp_path / "a.html", np.ones(3), 2.0).read_text("utf-8")
    assert "<h2>Threads</h2>" in threaded
    assert "x_bar: shared, i is an index of all its elements" in threaded
    assert "<h2>Threads</h2>" not in text


def test_lines_are_marked(text):
    line = smooth.__code__.co_firstlineno + 3
    (row,) = re.findall(rf'<div class="line is-active" data-at="0-{line}"><i>{line}</i>.*', text)
    assert '<b class="mark stored" title="stored: what line' in row


def test_the_same_page_again(text, tmp_path):
    again = grad(smooth, (0, 1), jit=False, cache=False).report(tmp_path / "a.html", *ARGS)
    assert again.read_text("utf-8") == text


def test_reports_of_differentiables_and_jacobians(tmp_path):
    operation = differentiable(lambda x: x * x, jit=False, cache=False)
    assert "x_bar" in operation.report(tmp_path / "a.html", 2.0).read_text("utf-8")
    of_rows = jacobian(lambda x: np.sin(x) * x, jit=False, cache=False)
    Outline(of_rows.report(tmp_path / "b.html", np.ones(3)).read_text("utf-8"))


def test_second_derivatives_are_reported(tmp_path):
    f = lambda x: np.sin(x) * x
    second = grad(grad(f, jit=False), jit=False, cache=False)
    text = second.report(tmp_path / "a.html", 2.0).read_text("utf-8")
    assert f"0-{f.__code__.co_firstlineno}" in Outline(text).lines()
    assert second.explain(2.0).line == f.__code__.co_firstlineno


def test_the_tape_has_no_report(tmp_path):
    with pytest.raises(NotDifferentiable, match="runs on the tape"):
        grad(smooth, mode="tape").report(tmp_path / "a.html", *ARGS)


# ------------------------------------------------------------------------------------- notebooks


def test_a_gradient_shows_itself_once_it_has_been_called():
    gradient = grad(smooth, jit=False, cache=False)
    assert "called once" in gradient._repr_html_()
    gradient(*ARGS)
    shown = gradient._repr_html_()
    ((tag, attrs),) = Outline(shown).found
    assert tag == "iframe"
    assert "smooth_adjoint" in attrs["srcdoc"]
    Outline(attrs["srcdoc"])


def test_a_differentiable_shows_what_the_tape_used():
    operation = differentiable(lambda x: x * x, jit=False, cache=False)
    operation(2.0)
    assert "called once" in operation._repr_html_()
    operation.find_adjoint((2.0,), (0,))
    assert "iframe" in operation._repr_html_()


def test_the_tape_shows_its_name():
    assert grad(smooth, mode="tape")._repr_html_().startswith("<code>grad(smooth")


def test_a_frame_holds_any_text():
    ((_, attrs),) = Outline(framed('<p title="a">\'&amp;</p>')).found
    assert attrs["srcdoc"] == '<p title="a">\'&amp;</p>'


# ----------------------------------------------------------------------------------- highlighting


@pytest.mark.parametrize(
    "source, html",
    [
        ("y = 1.5e3", 'y = <span class="number">1.5e3</span>'),
        ("y # <", 'y <span class="comment"># &lt;</span>'),
        ("a.x + x", 'a.x + <span class="active">x</span>'),
        ("'#' if x", '<span class="string">&#x27;#&#x27;</span> <span class="keyword">if</span> '
         '<span class="active">x</span>'),
        ('"""a\n# b"""', '<span class="string">&quot;&quot;&quot;a</span>\n'
         '<span class="string"># b&quot;&quot;&quot;</span>'),
        ("x 'open", '<span class="active">x</span> &#x27;open'),
    ],
)  # fmt: skip
def test_highlighting(source, html):
    assert "\n".join(highlighted(source, {"x": "active"})) == html
