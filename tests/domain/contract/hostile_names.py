"""Names and values that break what writes source code carelessly."""

from __future__ import annotations

NAMES = (
    *("class", "None", "__private", "__len__", "a-b", "a b", "1st", "", "*/", "//", '"', "'", "\\", "\n", "</script>"),
    *("${x}", "`", "é", "夏", "\u2028", "\ud800", "$ref", "self", "constructor", "type", "int", "TypedDict"),
)
DATA: dict[str, object] = {name: {name: 1} for name in NAMES} | {
    "empty": {},
    "nothing": [],
    "mixed": [1, "x", None, {"a": True}, [0.5]],
    "text */ text": '*/ """ \\ \x1b',
}
EVENTS = ("image_result", "a */ b", '"""', "class", "1", "夏", "", "\\", "image-result", "Image Result")
