"""A font for Chinese text where a reader's system has none: part of Noto Sans CJK SC.

Windows and macOS bring one; a Linux server, and the browser there that draws PNG files, often not.
"""

import base64
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

FAMILY = "Postloan Sans SC"
FILE = Path(__file__).with_name("PostloanSansSC.otf")
FONTS = (
    'system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "PingFang SC", '
    '"Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", '
    f'"Source Han Sans SC", "WenQuanYi Zen Hei", "{FAMILY}", sans-serif'
)
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]|\\\\u[3-9f][0-9a-f]{3}")
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">{usual}</include>
  <dir>{folder}</dir>
</fontconfig>
"""
USUAL = "/etc/fonts/fonts.conf"  # where fontconfig looks if nothing else is named


def face(text: str) -> str:
    """The style rule that brings the font to a page with such text; none without Chinese."""
    if not CHINESE.search(text):
        return ""
    return face_at(_packed())


def face_at(url: str) -> str:
    """The style rule that brings the font from there, once a page needs it."""
    return f'@font-face {{ font-family: "{FAMILY}"; src: url({url}) format("opentype"); }}'


@cache
def _packed() -> str:
    return f"data:font/otf;base64,{base64.b64encode(FILE.read_bytes()).decode()}"


@contextmanager
def lent_to_browsers() -> Iterator[None]:
    """Within the block, browsers that are started find the font as if it were installed.

    Through fontconfig, which Linux has; systems without it have Chinese fonts of their own.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fonts.conf"
        path.write_text(CONFIGURATION.format(usual=before or USUAL, folder=FILE.parent), "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(path)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before
