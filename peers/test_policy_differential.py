"""Our evaluator of policies and iam-simulate decide alike, but where AWS documents otherwise than iam-simulate does.

`SES_DOCTOR_POLICY_CASES` asks for another number of cases, `SES_DOCTOR_POLICY_SEED` for the seed that a red run named.
"""

import json
import os
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import NODE_MODULES, missing, program
from doctor import BINARY, clean_environment

SCRIPTS = Path(__file__).parent / "iam"
ROOT = Path(__file__).parent.parent
DIFFERENCES = ROOT / "docs/concepts/differences-from-iam-simulate.md"
CORPUS = ROOT / "crates/iam-eval/corpus"
FIXED_SEEDS = [1, 2]
CASES_OF_A_SEED = int(os.environ.get("SES_DOCTOR_POLICY_CASES", 20_000)) // len(FIXED_SEEDS)
CASES_OF_A_FURTHER_SEED = 3_000
CASES_WITH_UNKNOWNS = 2_000
BASE_OPERATORS = 27


@pytest.fixture(scope="module")
def node() -> str:
    if not all((NODE_MODULES / name).is_dir() for name in ("@cloud-copilot/iam-simulate", "fast-check")):
        missing("iam-simulate")
    return program("node")


def ask(node: str, script: str, *args: object) -> dict:
    """What a script of peers/iam found. It says itself what is wrong."""
    command = [node, str(SCRIPTS / script), "--binary", BINARY, *map(str, args)]
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


def runs() -> list[tuple]:
    """The arguments of each run: two fixed seeds and a further one, or one that was asked for."""
    if seed := os.environ.get("SES_DOCTOR_POLICY_SEED"):
        return [("--seed", seed, "--cases", CASES_OF_A_SEED * len(FIXED_SEEDS))]
    fixed = [("--seed", seed, "--cases", CASES_OF_A_SEED) for seed in FIXED_SEEDS]
    return [*fixed, (*further_seed(), "--cases", CASES_OF_A_FURTHER_SEED)]


def further_seed() -> tuple:
    """A fresh one at every run of a person; always the same in CI, where a change is judged and not the generator's luck."""
    return ("--seed", 3) if os.environ.get("CI") == "true" else ()


@pytest.mark.timeout(3600)
def test_no_disagreement_with_iam_simulate_is_unexplained(node, capfd):
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda arguments: ask(node, "differential.mjs", *arguments), runs()))
    cases = sum(run["cases"] for run in found)
    agreed = sum(run["agreed"] for run in found)
    explained = sum((Counter(run["explained"]) for run in found), Counter())
    decisions = sum((Counter(run["decisions"]) for run in found), Counter())
    with capfd.disabled():
        print(f"\npolicies beside iam-simulate, seeds {', '.join(str(run['seed']) for run in found)}: {cases} cases, {agreed} agreed,")
        print(f"  explained: {', '.join(f'{name} {count}' for name, count in explained.most_common())}")
        print(f"  decisions: {', '.join(f'{name} {count / cases:.0%}' for name, count in decisions.most_common())}")
    assert cases == sum(arguments[-1] for arguments in runs())
    # The cases are about something: every decision comes up often, every operator both holds and fails.
    assert all(decisions[name] > cases * 0.15 for name in ("allowed", "explicit-deny", "implicit-deny"))
    operators = {name for run in found for name, outcomes in run["operators"].items() if len(outcomes) == 2}
    assert len(operators) == BASE_OPERATORS


@pytest.mark.timeout(600)
def test_what_is_unknown_is_never_guessed(node, capfd):
    found = ask(node, "unknown.mjs", *further_seed(), "--cases", CASES_WITH_UNKNOWNS)
    with capfd.disabled():
        print(f"\npolicies with unknown context: {json.dumps(found)}")
    assert found["undetermined"] > CASES_WITH_UNKNOWNS // 10
    assert found["determined"] > CASES_WITH_UNKNOWNS // 10


def test_every_difference_is_there_and_documented(node):
    text = DIFFERENCES.read_text()
    for difference, said in ask(node, "examples.mjs").items():
        assert said["ours"] == said["in_other_words"] != said["theirs"], f"{difference}: {said}"
        assert f"`{difference}`" in text, f"{difference} is not in {DIFFERENCES}"


def test_the_corpus_is_decided_alike(node, capfd):
    found = ask(node, "corpus.mjs", "--corpus", CORPUS)
    explained, left_out = (sum(map(len, found[name].values())) for name in ("explained", "not_compared"))
    with capfd.disabled():
        print(f"\ncorpus beside iam-simulate: {found['cases']} cases, {found['agreed']} agreed, {explained} explained, {left_out} not compared")
    assert found["unexplained"] == []
    assert found["agreed"] > found["cases"] * 0.75
