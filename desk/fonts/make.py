"""Makes the font of this folder anew: the common Chinese characters of Noto Sans CJK SC.

    pip install fonttools
    python -m desk.fonts.make /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

It holds GB 2312's first level (3,755 characters, all that everyday text needs), its signs, and
every other character that our own texts have. The names are changed, as the licence wants.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from desk.fonts import FAMILY, FILE

SIMPLIFIED = 2  # place of the SC font in the collection
ROWS = (*range(0xA1, 0xAA), *range(0xB0, 0xD8))  # of GB 2312: signs, then its first level
NAMES = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} Regular", 4: FAMILY, 6: FAMILY.replace(" ", "")}
KEPT_NAMES = {0, 5, 13, 14}  # copyright, version, licence and its address


def characters() -> set[str]:
    """All characters that the font shall hold."""
    codes = (bytes([row, place]) for row in ROWS for place in range(0xA1, 0xFF))
    common = {code.decode("gb2312", errors="ignore") for code in codes} - {""}
    sources = Path(__file__).parents[2]
    ours = (path.read_text("utf-8") for d in ("sim", "optimize", "desk")
            for path in (sources / d).rglob("*.py"))  # fmt: skip
    return common.union(*ours, map(chr, range(0x20, 0x7F)), map(chr, range(0xA0, 0x100)))


def main(collection: str) -> None:
    """Write the part of the collection's font to this folder."""
    font = TTFont(collection, fontNumber=SIMPLIFIED)
    options = Options(hinting=False, desubroutinize=True, layout_features=[])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(characters()))
    subsetter.subset(font)
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    for number, text in NAMES.items():
        names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [NAMES[6]]
    top = cff.topDictIndex[0]
    top.FullName = top.FamilyName = FAMILY
    font.save(FILE)


if __name__ == "__main__":
    main(*sys.argv[1:])
