"""The lender's account file: what is read, and what every mistake is answered."""

import io
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.lender_columns import RULES, SCHEMA, schema_markdown
from sim.lender_file import read_accounts

HEADER = ",".join(column.name for column in SCHEMA)
SHORT = "account_id,seat,balance_yuan,instalment_yuan,days_past_due"
ROW = "A1,north,1000,100,0"
GOOD = f"""{HEADER}
A1,north,1000.50,100,0,,,,,card
A2,"south, 2",2000,100.25,35,,40,3,0.25,
甲3,"say ""so\""",3000.00,1e2,95.0,300.75,,0,1,现金贷
"""
YUAN = "yuan from 0.01 to 1,000,000,000"
DAYS = "whole days from 0 to 3,000"
TEXT = "text of 1 to 200 characters"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(content: str | bytes, name: str = "mine.csv") -> Path:
    path = Path(name)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def parquet(**columns) -> Path:
    """A Parquet file of one good account, or of these columns instead; None leaves one out."""
    good = {
        "account_id": ["A1"],
        "seat": ["north"],
        "balance_yuan": [1000.0],
        "instalment_yuan": [100.0],
        "days_past_due": [5],
    }
    kept = {name: cells for name, cells in (good | columns).items() if cells is not None}
    pq.write_table(pa.table(kept), "mine.parquet")
    return Path("mine.parquet")


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_accounts(path)
    return str(refused.value)


def rows(*lines: str, header: str = SHORT, ends: str = "\n") -> str:
    return ends.join([header, *lines]) + ends


# ---- good files ----


def test_csv_is_read_as_it_stands():
    expected = pd.DataFrame(
        {
            "account_id": ["A1", "A2", "甲3"],
            "seat": ["north", "south, 2", 'say "so"'],
            "balance_yuan": [1000.50, 2000.0, 3000.0],
            "instalment_yuan": [100.0, 100.25, 100.0],
            "days_past_due": [0, 35, 95],
            "arrears_yuan": [np.nan, np.nan, 300.75],
            "days_in_spell": [0, 40, 95],
            "arrival_day": [0, 3, 0],
            "reach": [np.nan, 0.25, 1.0],
            "product": ["card", "", "现金贷"],
        }
    )
    pd.testing.assert_frame_equal(read_accounts(written(GOOD)), expected)


def test_parquet_gives_the_same_accounts_as_csv():
    accounts = read_accounts(written(GOOD))
    accounts.to_parquet("mine.parquet")
    pd.testing.assert_frame_equal(read_accounts(Path("mine.parquet")), accounts)


def test_optional_columns_may_be_absent():
    accounts = read_accounts(written(rows("A1,north,1000,100,0", "A2,north,1000,100,12")))
    assert accounts.columns.tolist() == [column.name for column in SCHEMA]
    assert accounts["days_in_spell"].tolist() == [0, 12]
    assert accounts["arrival_day"].tolist() == [0, 0]
    assert accounts[["arrears_yuan", "reach"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD.replace("\n", "\r\n"), id="CRLF"),
        pytest.param("\ufeff" + GOOD, id="byte order mark"),
        pytest.param(GOOD.rstrip("\n"), id="no line end"),
        pytest.param(GOOD + "\n", id="blank line at the end"),
        pytest.param(GOOD + "\r\n\r\n", id="blank lines at the end"),
    ],
)
def test_line_ends_and_byte_order_mark_change_nothing(content):
    pd.testing.assert_frame_equal(
        read_accounts(written(content)), read_accounts(written(GOOD, "good.csv"))
    )


def test_order_of_columns_and_rows_changes_nothing():
    accounts = read_accounts(written(GOOD))
    table = pd.read_csv("mine.csv", dtype=str, keep_default_na=False)
    table.iloc[::-1, ::-1].to_csv("other.csv", index=False)
    again = read_accounts(Path("other.csv")).iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, accounts)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"balance_yuan": [1000], "instalment_yuan": [100]}, id="integer yuan"),
        pytest.param(
            {"balance_yuan": pa.array([Decimal("1000.00")], pa.decimal128(20, 2))},
            id="decimal yuan",
        ),
        pytest.param({"balance_yuan": pa.array([1000.0], pa.float32())}, id="short floats"),
        pytest.param({"days_past_due": [5.0]}, id="whole days as floats"),
        pytest.param({"seat": pa.array(["north"]).dictionary_encode()}, id="categories"),
        pytest.param({"seat": pa.array(["north"], pa.large_string())}, id="large text"),
        pytest.param({"reach": pa.nulls(1)}, id="column of the type null"),
        pytest.param({"reach": pa.array([None], pa.float64())}, id="column of nulls"),
    ],
)
def test_parquet_types_that_hold_the_same_are_equal(columns):
    expected = read_accounts(written(rows("A1,north,1000,100,5")))
    pd.testing.assert_frame_equal(read_accounts(parquet(**columns)), expected)


def test_whole_numbers_may_name_accounts_and_seats():
    accounts = read_accounts(parquet(account_id=[7], seat=[12]))
    assert accounts.loc[0, ["account_id", "seat"]].tolist() == ["7", "12"]


def test_decimals_are_read_to_the_fen():
    fen = np.random.default_rng(7).integers(1, 10**11, 2000)
    texts = [f"{k // 100}.{k % 100:02d}" for k in fen]
    exact = pa.array(map(Decimal, texts), pa.decimal128(20, 2))
    accounts = read_accounts(
        parquet(
            account_id=[str(i) for i in range(fen.size)],
            seat=["north"] * fen.size,
            balance_yuan=exact,
            instalment_yuan=[0.01] * fen.size,
            days_past_due=[0] * fen.size,
        )
    )
    assert accounts["balance_yuan"].tolist() == [float(text) for text in texts]


def test_many_blocks_are_read_as_one():
    count = 400_000
    lines = "\n".join(f"A{i:012d},seat {i % 7:020d},{i}.25,0.25,0" for i in range(1, count))
    accounts = read_accounts(written(f"{SHORT}\n{lines}\n"))
    assert accounts["balance_yuan"].tolist() == [i + 0.25 for i in range(1, count)]


TEXTS = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" ,\"'", codec="utf-8"),
    min_size=1,
    max_size=20,
).filter(lambda text: text == text.strip(" "))
FEN = st.integers(1, 10**11)


@st.composite
def good_accounts(draw) -> pd.DataFrame:
    records, products = [], {}
    for name in draw(st.lists(TEXTS, min_size=1, max_size=8, unique=True)):
        balance, late = draw(FEN), draw(st.integers(0, 3000))
        arrears = st.integers(1, balance).map(lambda fen: fen / 100) if late else st.just(0.0)
        seat = draw(TEXTS)
        products.setdefault(seat, draw(st.just("") | TEXTS))
        records.append(
            (
                name,
                seat,
                balance / 100,
                draw(st.integers(1, balance)) / 100,
                late,
                draw(st.just(np.nan) | arrears),
                draw(st.integers(late, 3000)) if late else 0,
                draw(st.integers(0, 3000)),
                draw(st.just(np.nan) | st.floats(0, 1)),
                products[seat],
            )
        )
    return pd.DataFrame(records, columns=HEADER.split(",")).astype({"reach": float})


@given(good_accounts())
def test_what_is_written_is_read_back(accounts):
    accounts.to_csv("mine.csv", index=False)
    accounts.to_parquet("mine.parquet")
    pd.testing.assert_frame_equal(read_accounts(Path("mine.csv")), accounts)
    pd.testing.assert_frame_equal(read_accounts(Path("mine.parquet")), accounts)


# ---- files that are refused as a whole ----


def test_missing_file_suggests_similar_names():
    written(GOOD, "mine_2026.csv")
    assert refusal(Path("mine_2062.csv")) == (
        "mine_2062.csv: no such file; did you mean mine_2026.csv?"
    )


def test_missing_folder_is_named():
    assert refusal(Path("nowhere/mine.csv")) == (
        "nowhere/mine.csv: no such file, and no folder nowhere"
    )


def test_folder_is_refused():
    Path("mine.csv").mkdir()
    assert refusal(Path("mine.csv")) == (
        "mine.csv: expected a CSV or Parquet file, this is a folder"
    )


@pytest.mark.parametrize("name", ["mine.xlsx", "mine", "mine.csv.gz"])
def test_other_kinds_of_files_are_refused(name):
    assert refusal(written(GOOD, name)) == (
        f"{name}: expected a file whose name ends in .csv or .parquet"
    )


def test_suffix_may_be_in_capitals():
    assert len(read_accounts(written(GOOD, "MINE.CSV"))) == 3


WHOLE = {  # content of mine.csv -> message
    "empty": (b"", "mine.csv: the file is empty; expected accounts"),
    "only a byte order mark": (b"\xef\xbb\xbf", "mine.csv: the file is empty; expected accounts"),
    "only line ends": (b"\n\r\n", "mine.csv: the file is empty; expected accounts"),
    "only a header": (rows(), "mine.csv: expected at least one account, found none"),
    "GB18030": (
        rows(ROW, "甲,north,1,1,0").encode("gb18030"),
        "mine.csv:row 3: expected text in UTF-8, this looks like GB18030 or GBK: save as CSV UTF-8",
    ),
    "UTF-16": (
        GOOD.encode("utf-16"),
        "mine.csv:row 1: expected text in UTF-8, this looks like UTF-16: save as CSV UTF-8",
    ),
    "latin-1": (
        rows("é,north,1,1,0").encode("latin-1"),
        "mine.csv:row 2: expected text in UTF-8: save as CSV UTF-8",
    ),
    "NUL": (
        rows(ROW, "A\0,north,1,1,0"),
        "mine.csv:row 3: expected text, found a NUL byte: save as CSV UTF-8",
    ),
    "CR alone": (
        rows(ROW, ends="\r"),
        "mine.csv:row 1: expected line ends LF or CRLF, found a CR alone",
    ),
    "CR inside a line": (
        rows("A\r1,north,1,1,0"),
        "mine.csv:row 2: expected line ends LF or CRLF, found a CR alone",
    ),
    "long line": (
        rows(ROW, "A" * 70_000 + ",north,1,1,0"),
        "mine.csv:row 3: expected a line of at most 65,536 bytes",
    ),
    "endless line": (
        SHORT + "\n" + "A" * 20_000_000,
        "mine.csv:row 2: expected a line of at most 65,536 bytes",
    ),
    "blank header": (
        "\n" + GOOD,
        "mine.csv:row 1: expected the names of the columns, found a blank line",
    ),
    "semicolons": (
        GOOD.replace(",", ";"),
        "mine.csv:row 1: expected commas between values, found semicolons",
    ),
    "tabs": (GOOD.replace(",", "\t"), "mine.csv:row 1: expected commas between values, found tabs"),
    "full-width commas": (
        GOOD.replace(",", "\uff0c"),
        "mine.csv:row 1: expected commas between values, found full-width commas",
    ),
    "misspelt column": (
        rows(ROW, header=SHORT + "x"),
        "mine.csv: column days_past_duex is unknown: did you mean days_past_due?\n"
        f"mine.csv: column days_past_due is missing: expected {DAYS}",
    ),
    "column in capitals": (
        rows(ROW + ",0.5", header=SHORT + ",Reach"),
        "mine.csv: column Reach is unknown: did you mean reach?",
    ),
    "unknown column": (
        rows(ROW + ",1", header=SHORT + ",xyz"),
        f"mine.csv: column xyz is unknown: expected {HEADER.replace(',', ', ')}",
    ),
    "column without a name": (
        rows(ROW + ",", header=SHORT + ","),
        "mine.csv: column without a name is unknown: expected " + HEADER.replace(",", ", "),
    ),
    "missing column": (
        rows("A1,1000,100,0", header=SHORT.replace("seat,", "")),
        f"mine.csv: column seat is missing: expected {TEXT}",
    ),
    "column given twice": (
        rows(ROW + ",south", header=SHORT + ",seat"),
        "mine.csv: column seat: expected once, found 2 times",
    ),
}


@pytest.mark.parametrize(("content", "message"), WHOLE.values(), ids=WHOLE)
def test_file_is_refused(content, message):
    assert refusal(written(content)) == message


def test_unreadable_file_is_refused(monkeypatch):
    written(GOOD)

    def locked(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(io, "open", locked)
    assert refusal(Path("mine.csv")) == (
        "mine.csv: expected a readable .csv file (Permission denied)"
    )


# ---- rows that are refused ----

ROWS = {  # rows below the short header -> message after `mine.csv:row `
    "too few values": ([ROW, "A2,north,1,1"], "3: expected 5 values as in the header, found 4"),
    "spaces only": ([ROW, "  "], "3: expected 5 values as in the header, found 1"),
    "too many values": (
        ["A1,north,1,200.50,1,0"],
        "2: expected 5 values as in the header, found 6; "
        "a value that contains a comma needs quotes",
    ),
    "blank line": ([ROW, "", "A2,north,1,1,0"], "3: expected a row, found a blank line"),
    "open quote": (
        [ROW, '"A2,north,1,1,0', "A3,north,1,1,0"],
        "3: expected the closing quote in the same line",
    ),
    "stray quote": (
        ['A "one",north,1,1,0'],
        "2: expected quotes around a whole value, and those inside it doubled",
    ),
    "quote goes on": (
        ['"A"1,north,1,1,0'],
        "2: expected quotes around a whole value, and those inside it doubled",
    ),
    "line break in quotes": (
        ['"A', '1",north,1,1,0'],
        "2: expected the closing quote in the same line\n"
        "mine.csv:row 3: expected the closing quote in the same line",
    ),
    "account given twice": (
        [ROW, "A2,north,1,1,0", ROW],
        "4 column account_id = A1: expected each account once, it is in row 2 too",
    ),
    "instalment above the balance": (
        ["A1,north,100,100.01,0"],
        "2 column instalment_yuan = 100.01: expected at most balance_yuan; balance_yuan = 100",
    ),
}


@pytest.mark.parametrize(("lines", "message"), ROWS.values(), ids=ROWS)
def test_row_is_refused(lines, message):
    assert refusal(written(rows(*lines))) == f"mine.csv:row {message}"


CELLS = [  # column, what is written, answer
    ("account_id", "", f" is empty: expected {TEXT}"),
    ("account_id", "x" * 201, f" = {'x' * 59}…: expected {TEXT}"),
    ("account_id", " A1", f" =  A1: expected {TEXT}; remove the spaces around it"),
    ("account_id", "A\x071", rf" = A\x071: expected {TEXT}; remove the control characters"),
    ("seat", "", f" is empty: expected {TEXT}"),
    ("seat", "  ", f" =   : expected {TEXT}; remove the spaces around it"),
    ("seat", "north\u3000", rf" = north\u3000: expected {TEXT}; remove the spaces around it"),
    ("balance_yuan", "", f" is empty: expected {YUAN}"),
    ("balance_yuan", "-3", f" = -3: expected {YUAN}"),
    ("balance_yuan", "0", f" = 0: expected {YUAN}"),
    ("balance_yuan", "1000000000.01", f" = 1000000000.01: expected {YUAN}"),
    ("balance_yuan", "1e999", f" = 1e999: expected {YUAN}"),
    ("balance_yuan", "900.005", f" = 900.005: expected {YUAN}; write at most two decimals"),
    (
        "balance_yuan",
        "NaN",
        f" = NaN: expected {YUAN}; write a number, or leave an optional cell empty",
    ),
    (
        "balance_yuan",
        "-inf",
        f" = -inf: expected {YUAN}; write a number, or leave an optional cell empty",
    ),
    ("balance_yuan", "1,200.50", f" = 1,200.50: expected {YUAN}; remove the thousand separators"),
    ("balance_yuan", "1 200", f" = 1 200: expected {YUAN}; remove the thousand separators"),
    ("balance_yuan", "1200,5", f" = 1200,5: expected {YUAN}; write a decimal point"),
    ("balance_yuan", "¥120", f" = ¥120: expected {YUAN}; remove the currency sign"),
    ("balance_yuan", "120元", f" = 120元: expected {YUAN}; remove the currency sign"),
    ("balance_yuan", "120 ", f" = 120 : expected {YUAN}; remove the spaces around it"),
    ("balance_yuan", "\uff11\uff12", f" = \uff11\uff12: expected {YUAN}"),
    ("balance_yuan", "much", f" = much: expected {YUAN}"),
    ("balance_yuan", "1" * 400, f" = {'1' * 59}…: expected {YUAN}"),
    ("instalment_yuan", "0.00", f" = 0.00: expected {YUAN}"),
    ("days_past_due", "", f" is empty: expected {DAYS}"),
    ("days_past_due", "1.5", f" = 1.5: expected {DAYS}"),
    ("days_past_due", "3001", f" = 3001: expected {DAYS}"),
    ("days_past_due", "-1", f" = -1: expected {DAYS}"),
    ("days_past_due", "2026-01-31", f" = 2026-01-31: expected {DAYS}; write a number, not a date"),
    ("days_past_due", "31/01/2026", f" = 31/01/2026: expected {DAYS}; write a number, not a date"),
    ("days_past_due", "2026年1月", f" = 2026年1月: expected {DAYS}; write a number, not a date"),
    ("days_past_due", "True", f" = True: expected {DAYS}"),
    ("arrears_yuan", "-0.01", " = -0.01: expected yuan from 0 to 1,000,000,000"),
    ("arrears_yuan", "1000.01", " = 1000.01: expected at most balance_yuan; balance_yuan = 1000"),
    (
        "arrears_yuan",
        "0",
        " = 0: expected above 0 or empty where days_past_due is above 0; days_past_due = 40",
    ),
    ("days_in_spell", "39", " = 39: expected at least days_past_due; days_past_due = 40"),
    ("arrival_day", "0.5", " = 0.5: expected a whole day from 0 to 3,000"),
    ("reach", "1.01", " = 1.01: expected a share from 0 to 1"),
    ("product", "card", " = card: expected one product in a queue; north has none above"),
    ("reach", "25%", " = 25%: expected a share from 0 to 1; write 25 % as 0.25"),
]


@pytest.mark.parametrize(("column", "text", "answer"), CELLS)
def test_cell_is_refused(column, text, answer):
    good = dict(
        zip(HEADER.split(","), ["A1", "north", "1000", "100", "40", *[""] * 5], strict=True)
    )
    table = pd.DataFrame([good | {"account_id": "A0"}, good | {column: text}])
    table.to_csv("mine.csv", index=False)
    assert refusal(Path("mine.csv")) == f"mine.csv:row 3 column {column}{answer}"


@pytest.mark.parametrize(("column", "text"), [("arrears_yuan", "5"), ("days_in_spell", "5")])
def test_accounts_that_are_not_overdue_have_neither_arrears_nor_spell(column, text):
    lines = rows(f"{ROW},{text}", header=f"{SHORT},{column}")
    assert refusal(written(lines)) == (
        f"mine.csv:row 2 column {column} = 5: expected 0 or empty where days_past_due is 0; "
        "days_past_due = 0"
    )


def test_all_findings_are_given_by_row_then_column():
    lines = rows("A1,north,0,x,0", ",north,5,5,-1", "A1,,5,5,0")
    assert [
        line.partition(" = ")[0].partition(" is ")[0]
        for line in refusal(written(lines)).splitlines()
    ] == [
        "mine.csv:row 2 column balance_yuan",
        "mine.csv:row 2 column instalment_yuan",
        "mine.csv:row 3 column account_id",
        "mine.csv:row 3 column days_past_due",
        "mine.csv:row 4 column account_id",
        "mine.csv:row 4 column seat",
    ]


@pytest.mark.parametrize("line", ["x,north,1", "A{},north,1,1,-1"])
def test_twenty_findings_are_shown_and_the_rest_counted(line):
    found = refusal(written(rows(*(line.format(i) for i in range(1234))))).splitlines()
    assert len(found) == 21
    assert found[19].startswith("mine.csv:row 21")
    assert found[20] == "… and 1,214 more"


def test_late_rows_of_a_large_file_are_named_by_their_line():
    lines = [f"A{i:040d},north,1,1,0" for i in range(500_000)]
    lines[-1] += ",0"
    assert refusal(written(rows(*lines))).startswith("mine.csv:row 500001: expected 5 values")


def test_messages_stay_on_their_line():
    assert len(refusal(parquet(seat=["nor\nth"])).splitlines()) == 1


# ---- Parquet that is refused ----

PARQUET = [  # columns -> message after `mine.parquet:`
    (
        {"balance_yuan": [[1.0]]},
        " column balance_yuan: expected numbers, found list<element: double>",
    ),
    ({"balance_yuan": ["1000"]}, " column balance_yuan: expected numbers, found string"),
    ({"balance_yuan": [True]}, " column balance_yuan: expected numbers, found bool"),
    (
        {"days_past_due": [date(2026, 1, 1)]},
        " column days_past_due: expected numbers, found date32[day]",
    ),
    ({"seat": [{"name": "north"}]}, " column seat: expected text, found struct<name: string>"),
    ({"seat": [1.5]}, " column seat: expected text, found double"),
    ({"seat": None}, f" column seat is missing: expected {TEXT}"),
    ({"rech": [0.5]}, " column rech is unknown: did you mean reach?"),
    ({"seat": [""]}, f"row 1 column seat is empty: expected {TEXT}"),
    ({"seat": pa.array([None], pa.string())}, f"row 1 column seat is empty: expected {TEXT}"),
    ({"balance_yuan": pa.nulls(1)}, f"row 1 column balance_yuan is empty: expected {YUAN}"),
    (
        {"balance_yuan": [float("inf")]},
        f"row 1 column balance_yuan = inf: expected {YUAN}; "
        "write a number, or leave an optional cell empty",
    ),
    (
        {"reach": pa.array([float("nan")])},
        "row 1 column reach = nan: expected a share from 0 to 1; "
        "write a number, or leave an optional cell empty",
    ),
    (
        {"balance_yuan": [Decimal("999.125")]},
        f"row 1 column balance_yuan = 999.125: expected {YUAN}; write at most two decimals",
    ),
    ({"days_past_due": [0.5]}, f"row 1 column days_past_due = 0.5: expected {DAYS}"),
    ({"days_past_due": [2**62]}, f"row 1 column days_past_due = {2**62}: expected {DAYS}"),
]


@pytest.mark.parametrize(("columns", "message"), PARQUET)
def test_parquet_is_refused(columns, message):
    assert refusal(parquet(**columns)) == f"mine.parquet:{message}"


def test_parquet_without_rows_is_refused():
    pq.write_table(pq.read_table(parquet()).slice(0, 0), "mine.parquet")
    assert refusal(Path("mine.parquet")) == (
        "mine.parquet: expected at least one account, found none"
    )


def test_parquet_column_given_twice_is_refused():
    table = pq.read_table(parquet())
    pq.write_table(table.append_column("seat", table["seat"]), "mine.parquet")
    assert refusal(Path("mine.parquet")) == (
        "mine.parquet: column seat: expected once, found 2 times"
    )


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:0], id="empty"),
        pytest.param(lambda raw: raw[:-20], id="cut off"),
        pytest.param(lambda raw: raw[:40] + b"\xff" * 200 + raw[240:], id="overwritten"),
        pytest.param(lambda raw: raw.replace(b"PAR1", b"a,b\n"), id="not Parquet"),
    ],
)
def test_broken_parquet_is_refused_in_one_line(damage):
    path = parquet()
    path.write_bytes(damage(path.read_bytes()))
    assert refusal(path).startswith(
        (
            "mine.parquet: expected a readable .parquet file (",
            "mine.parquet: the file is empty; expected accounts",
        )
    )
    assert len(refusal(path).splitlines()) == 1


def test_text_in_parquet_must_be_utf8():
    broken = pa.array([b"\xd6\xd0"]).view(pa.string())
    assert refusal(parquet(seat=broken)).startswith("mine.parquet: expected a readable .parquet")


# ---- files that are too large ----


def announced(doublings: int) -> Path:
    """A Parquet file that holds no accounts but announces 2**20, doubled so many times."""
    path = parquet(**{name: pa.nulls(2**20) for name in SHORT.split(",")})
    footer = pq.read_metadata(path)
    for _ in range(doublings):
        footer.append_row_groups(footer)
    footer.write_metadata_file(path)
    return path


def test_more_than_a_billion_accounts_are_refused():
    assert refusal(announced(10)) == (
        "mine.parquet: expected at most 1,000,000,000 accounts, found 1,073,741,824"
    )


def test_accounts_beyond_the_memory_are_refused(monkeypatch):
    pages = {"SC_PHYS_PAGES": 25_000, "SC_PAGE_SIZE": 4_000}
    monkeypatch.setattr(os, "sysconf", pages.get, raising=False)
    assert refusal(announced(7)) == (
        "mine.parquet: expected accounts that fit into memory: 134,217,728 need about 53.7 GB, "
        "0.1 GB are available; give fewer seats or more memory"
    )


def unknown_name(name: str) -> int:
    raise ValueError(f"unrecognized configuration name {name}")


@pytest.mark.parametrize("sysconf", [unknown_name, lambda _name: -1])
def test_a_system_that_does_not_tell_its_memory_reads_all_the_same(sysconf, monkeypatch):
    monkeypatch.setattr(os, "sysconf", sysconf, raising=False)
    assert len(read_accounts(written(GOOD))) == 3


def test_a_system_without_sysconf_reads_all_the_same(monkeypatch):
    monkeypatch.delattr(os, "sysconf", raising=False)
    assert len(read_accounts(written(GOOD))) == 3


# ---- the schema as documentation ----


def test_schema_table_names_every_column_range_and_rule():
    lines = schema_markdown().splitlines()
    assert len(lines) == 2 + len(SCHEMA)
    for column, line in zip(SCHEMA, lines[2:], strict=True):
        assert line.startswith(f"| `{column.name}` | {column.unit} |")
        assert column.permitted in line
        assert all(rule.expected in line for rule in RULES if rule.column == column.name)
