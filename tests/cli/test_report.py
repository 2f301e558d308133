"""`adjoint report`."""

from __future__ import annotations


def test_report_writes_a_page(call, tmp_path):
    code, out, _ = call("report", "model.py:smooth", "-a", "np.ones(10), 0.1, 4", "-o", "a.html")
    assert code == 0
    assert out == "a.html: open it in a browser\n"
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "smooth_adjoint" in text
    assert "Together 256 B at these arguments." in text


def test_the_file_has_the_name_of_the_function(call, tmp_path):
    assert call("report", "model.py:line", "--types", "f8[:], f8")[0] == 0
    assert (tmp_path / "line.html").is_file()


def test_mistakes(call):
    where = ("--types", "f8[:], f8", "-o", "nowhere/line.html")
    assert call("report", "model.py:line", *where)[::2] == (
        2,
        "error: nowhere/line.html cannot be written: No such file or directory\n",
    )
    code, _, err = call("report", "model.py:refused", "--types", "f8")
    assert code == 1
    assert "^" in err


def test_help_has_an_example(call):
    assert "adjoint report model.py:" in call("report", "--help")[1]
