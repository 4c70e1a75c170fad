"""Commands that ask one question about one scheme.

What a command needs is imported when it runs: `--help` must not wait seconds for numba and pandas.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from desk.commands.options import (
    DONE_NOT,
    Json,
    Language,
    Quiet,
    Replications,
    ScenarioFile,
    Seed,
    Workers,
)

app = typer.Typer()
QUESTIONS = {
    "attainment": "Show where people stand on the payout curves of a scheme's cards.",
    "gaming": "Split each indicator's lift into real, moved, harmful and cosmetic parts.",
    "fairness": "Tell what pay differences come from, and whether pay follows contribution.",
    "view": "Show what an hour more of each task adds to pay, by day and attainment.",
}


def _command(question: str) -> Callable[..., None]:
    """The command that answers a question by simulating one scenario."""

    def ask(
        scenario: ScenarioFile, replications: Replications = None, seed: Seed = None,
        workers: Workers = None,
        out: Annotated[
            Path, typer.Option(help="Folder for table and picture; replaces an earlier result.")
        ] = Path("results", question),
        lang: Language = "en", as_json: Json = False, quiet: Quiet = False,
    ) -> None:  # fmt: skip
        from desk.insight import carry_out

        settings = {"replications": replications, "seed": seed}
        carry_out(question, scenario, settings=settings, workers=workers, out=out, lang=lang,
                  as_json=as_json, quiet=quiet)  # fmt: skip

    return ask


for _question, _meaning in QUESTIONS.items():
    _example = f"Example: postloan {_question} scenarios/baseline.toml --replications 4"
    app.command(_question, help=_meaning, epilog=_example)(_command(_question))


@app.command(epilog="Example: postloan lint scenarios/recovery_only.toml --budget 2500")
def lint(
    scenario: ScenarioFile,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Incentive pay, yuan per seat and period.")
    ] = None,
    lang: Language = "en", as_json: Json = False,
) -> None:  # fmt: skip
    """Point at a scheme's obvious flaws, without simulating: exit status 1 if it has any."""
    from desk.linting import point_out

    if point_out(scenario, budget, lang, as_json):
        raise typer.Exit(DONE_NOT)
