"""Checks as people and programs read them."""

from __future__ import annotations

from webhook_tui.headless.setup.doctor import Check, CheckState, checks_page

CHECKS = [
    Check("port", CheckState.OK, "9876 is free"),
    Check("clock", CheckState.WARNING, "2 h ahead", "Set it."),
    Check("token", CheckState.MISSING, "There is \x1b[31mnone.", "Give one."),
]


def test_a_page_says_what_is_missing_and_what_to_do() -> None:
    """Aligned, in ASCII where the locale needs it, without control characters."""
    page = checks_page(CHECKS, in_ascii=True)

    assert page.splitlines()[:3] == [
        "+ ok      port        9876 is free",
        "! warning clock       2 h ahead",
        "                      Set it.",
    ]
    assert "\x1b" not in page
    assert page.endswith("One thing is missing.")
    assert checks_page(CHECKS[:2], in_ascii=False).endswith("Nothing is missing.")
    assert checks_page(CHECKS[2:] * 2, in_ascii=False).endswith("2 things are missing.")
    assert "✗ missing token" in checks_page(CHECKS, in_ascii=False)
