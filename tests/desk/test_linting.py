"""`postloan lint` tells the flaws and answers by its exit status."""

import json


def test_a_flawed_scheme_is_told_and_gives_one(folder, postloan):
    (folder / "card.toml").write_text(
        '[[scheme.pay]]\nkind = "scorecard"\npool_yuan = 900\nweights = { documents = 1.0 }\n',
        encoding="utf-8",
    )
    answer = postloan("lint", "card.toml", "--budget", "800", "--json")
    assert answer.exit_code == 1
    rules = [flaw["rule"] for flaw in json.loads(answer.stdout)["flaws"]]
    assert rules == [
        "category without weight", "one weight crowds out the rest", "rewards above budget"
    ]  # fmt: skip
    assert "预算仅800元" in postloan("lint", "card.toml", "--budget", "800", "--lang", "zh").stdout


def test_a_scheme_without_flaws_gives_zero(folder, postloan):
    answer = postloan("lint", "wage.toml")
    assert answer.exit_code == 0
    assert "no obvious flaw" in answer.stdout
    assert (folder / "wage.toml").exists()


def test_a_language_that_is_not_written_is_refused(folder, postloan):
    answer = postloan("lint", str(folder / "wage.toml"), "--lang", "fr")
    assert answer.exit_code == 2
    assert "--lang fr: expected one of en, zh" in answer.output
