"""Plans as code: the commands run by the real AWS CLI cure the worlds and give them back, templates lint clean, and Terraform's
HCL says what the plan says. Terraform itself is not to be had here; its text is read by python-hcl2."""

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from as_code import CURABLE, ONE_OF_A_KIND, cloudformation, imports, resources, template, terraform
from botocore.validate import ParamValidator
from cfnlint.api import lint
from conftest import program
from doctor import CAUSE_FOUND, HEALTHY, Lab, clean_environment, run

WORLDS = Path(__file__).parent.parent / "crates/ses-doctor/tests/worlds"
LANGUAGES = ["cli", "terraform", "cloudformation"]


def lab_of(name: str) -> Lab:
    world = WORLDS / f"{name}.toml"
    return Lab(name, world=str(world) if world.exists() else None)


def planned(lab: Lab, name: str, folder: Path) -> Path:
    """The plan that cures it, made by asking the lab."""
    file = folder / f"{name}.json"
    made = run("plan", *lab.diagnose_args, *CURABLE[name], "--out", str(file), env=lab.environment)
    assert made.code == HEALTHY, made
    return file


def shown(file: Path, language: str) -> str:
    """A saved plan as code; nothing of AWS is at hand."""
    text = run("plan", "show", str(file), "--as", language)
    assert text.code == HEALTHY, text
    return text.out


@pytest.fixture(scope="module")
def plans(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("plans")
    made = {}
    for name in CURABLE:
        with lab_of(name) as lab:
            made[name] = planned(lab, name, folder)
    return made


def actions(file: Path) -> list[dict]:
    return [step["action"] for step in json.loads(file.read_text())["steps"]]


def test_every_kind_of_action_is_among_those_that_are_tried(plans):
    kinds = {name: {action["kind"] for action in actions(file)} for name, file in plans.items()}
    assert set().union(*(kinds[name] for name in ONE_OF_A_KIND)) == set().union(*kinds.values())


def test_terraform_says_what_the_plan_says(plans):
    for name, file in plans.items():
        text = shown(file, "terraform")
        found = {(kind, label): arguments for kind, label, arguments in resources(text)}
        imported = imports(text)
        expected = [(action, terraform(action)) for action in actions(file)]
        assert len(found) == sum(one is not None for _, one in expected), text
        for action, one in expected:
            if one is None:
                assert "Not in Terraform" in text or "Terraform makes and deletes the versions" in text, (name, text)
                continue
            kind, arguments, known_as = one
            (label,) = [label for (of, label), values in found.items() if of == kind and arguments.items() <= values.items()]
            others = set(found[kind, label]) - set(arguments)
            assert others <= {"lifecycle"}, (name, text)
            is_new = action["before"] in (None, False) and kind != "aws_sesv2_configuration_set"
            is_new = is_new and kind != "aws_iam_access_key"
            assert imported.get(f"{kind}.{label}") == (None if is_new else known_as), (name, text)


def test_cloudformation_says_what_the_plan_says_and_lints_clean(plans):
    tried = 0
    for name, file in plans.items():
        text = shown(file, "cloudformation")
        expected = [one for one in map(cloudformation, actions(file)) if one]
        declared = (template(text) or {}).get("Resources", {})
        assert len(declared) == len(expected), (name, text)
        if not expected:
            assert all(line.startswith("#") or not line for line in text.splitlines()), text
            continue
        found = [(one["Type"], one["Properties"], one["DeletionPolicy"]) for one in declared.values()]
        assert found == [(kind, properties, "Retain") for kind, properties, _ in expected], (name, text)
        assert complaints(text, region_of(file)) == [], (name, text)
        imported = change_set(text)["ResourcesToImport"]
        assert [one["ResourceIdentifier"] for one in imported] == [identifier for _, _, identifier in expected], (name, text)
        assert [one["LogicalResourceId"] for one in imported] == list(declared), (name, text)
        tried += 1
    assert tried >= 8


def region_of(file: Path) -> str:
    return json.loads(file.read_text())["target"]["region"]


def complaints(text: str, region: str = "eu-west-1") -> list[str]:
    return [str(one) for one in lint(text, regions=[region])]


def change_set(text: str) -> dict:
    """The parameters of `create-change-set` as the text has it, held against botocore's model."""
    (line,) = [line for line in text.splitlines() if "create-change-set" in line]
    words = shlex.split(line.lstrip("# $"))
    assert words[:3] == ["aws", "cloudformation", "create-change-set"]
    shape = botocore.session.get_session().get_service_model("cloudformation").operation_model("CreateChangeSet").input_shape
    names = {"--" + re.sub(r"(?<!^)(?=[A-Z])", "-", member).lower(): member for member in shape.members}
    given: dict[str, list[str]] = {}
    for word in words[3:]:
        if word.startswith("--"):
            values = given.setdefault(word, [])
        else:
            values.append(word)
    assert given.pop("--region")
    parameters = {}
    for option, values in given.items():
        is_list = shape.members[names[option]].type_name == "list"
        parameters[names[option]] = values if is_list else values[0]
    parameters["ResourcesToImport"] = json.loads(given["--resources-to-import"][0])
    pairs = [dict(pair.split("=") for pair in one.split(",")) for one in given.get("--parameters", [])]
    parameters["Parameters"] = pairs
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()
    return parameters


def test_the_linter_is_awake():
    wrong = {"Resources": {"A": {"Type": "AWS::IAM::UserPolicy", "Properties": {"UserName": "a", "Policy": {}}}}}
    assert complaints(json.dumps(wrong))


# The AWS CLI.


def sh(script: str, env: dict[str, str]) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(Path(program("aws")).parent), os.environ["PATH"]])
    return subprocess.run(
        ["sh", "-c", script], env=clean_environment() | env | {"PATH": path}, capture_output=True, text=True, timeout=120
    )


def split(script: str) -> tuple[str, str, str]:
    """What stands before all steps, the steps, and the way back, made active."""
    there, back = script.split("# The way back", 1)
    preamble, steps = there.split("\n\n", 1)
    commands = [line[2:] for line in back.splitlines()[1:] if line.startswith("# ")]
    # The rest of the sentence is no command.
    commands = commands[next(at for at, line in enumerate(commands) if line.startswith("# Step")) :]
    return preamble, steps, "\n".join(commands)


def without_the_old_error(args: list[str]) -> list[str]:
    at = args.index("--error") if "--error" in args else len(args)
    return args[:at] + args[at + 2 :]


@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_the_commands_cure_and_the_way_back_gives_back(name, tmp_path):
    with lab_of(name) as lab:
        file = planned(lab, name, tmp_path)
        script = shown(file, "cli")
        preamble, _, back = split(script)
        done = sh(script, lab.environment)
        assert done.returncode == 0, (script, done)
        cured = run("diagnose", *without_the_old_error(lab.diagnose_args), "--send", "--output", "json", env=lab.environment)
        assert (cured.code, cured.report["outcome"]) == (HEALTHY, "healthy"), cured
        ids = dict(re.findall(r"^(\w+)=(v\d+)  #", done.stdout, re.MULTILINE))
        undone = sh(f"{preamble}\n{back}", lab.environment | ids)
        assert undone.returncode == 0, (back, undone)
        # A rehearsal reads everything, and refuses what is not as the plan saw it.
        state = {"SES_DOCTOR_STATE_DIR": str(tmp_path / "state")}
        again = run("apply", str(file), "--output", "json", env=lab.environment | state)
        assert again.code == HEALTHY, again
        assert {step["state"] for step in again.report["steps"]} == {"to-do"}, again


def test_credentials_of_another_account_do_nothing(plans, tmp_path):
    script = shown(plans["missing-send-permission"], "cli")
    with lab_of("explicit-deny") as other:
        done = sh(script, other.environment)
        assert done.returncode == 1 and "are not of the account" in done.stderr, done


def test_a_step_without_a_command_stops_the_script(tmp_path):
    with lab_of("healthy") as lab:
        file = tmp_path / "plan.json"
        wishes = ["--region", lab["AWS_REGION"], "--key", value_of("--username", lab.diagnose_args), "--store", f"env:{tmp_path}/pair.env"]
        made = run("rotate", *wishes, "--out", str(file), env=lab.environment)
        assert made.code == HEALTHY, made
        script = shown(file, "cli")
        done = sh(script, lab.environment)
        assert done.returncode == 1 and "Step 1 is no command" in done.stderr, (script, done)
        for language in LANGUAGES:
            assert "create-access-key" not in shown(file, language)


def value_of(option: str, args: list[str]) -> str:
    return args[args.index(option) + 1]


# Names that are meant to be read as something else.

HOSTILE = [
    "it's \"quoted\"",
    "$(touch pwned) `touch pwned` ${HOME}",
    "a\nb; touch pwned\n# c",
    "--profile=x",
    "file:///etc/passwd",
    "https://example.com/",
    "a\\nb\\",
    "%{ if true }${aws:username}",
    "\u2028\u0085touch pwned",
    "!Ref x: {y} # - z",
    "'; touch pwned; '",
]


def spoilt(file: Path, name: str, folder: Path) -> Path:
    """The plan with another name of the user, and the id that fits."""
    old = actions(file)[0]["user"]
    plan = json.loads(file.read_text().replace(old, json.dumps(name)[1:-1]))
    del plan["id"]
    canonical = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    plan["id"] = hashlib.sha256(canonical.encode()).hexdigest()
    spoilt = folder / "spoilt.json"
    spoilt.write_text(json.dumps(plan))
    return spoilt


@pytest.fixture
def told(tmp_path) -> Path:
    """A folder with an `aws` that writes down what it is told, a line a call."""
    folder = tmp_path / "bin"
    folder.mkdir()
    recorder = folder / "aws"
    recorder.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"open({str(tmp_path / 'calls')!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n')\n"
        "if 'sts' in sys.argv: print(open(sys.path[0] + '/account').read())\n"
    )
    recorder.chmod(0o755)
    return folder


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_hostile_names_reach_the_cli_as_they_are(plans, told, tmp_path, shell):
    for name in HOSTILE:
        file = spoilt(plans["missing-send-permission"], name, tmp_path)
        (told / "account").write_text(json.loads(file.read_text())["target"]["account"])
        script = shown(file, "cli")
        calls = tmp_path / "calls"
        calls.unlink(missing_ok=True)
        path = os.pathsep.join([str(told), os.environ["PATH"]])
        done = subprocess.run([shell, "-c", script], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, (name, script, done)
        _, call = [json.loads(line) for line in calls.read_text().splitlines()]
        assert parameters(call)["UserName"] == name, call
        (line,) = [line for line in script.splitlines() if line.startswith("aws iam")]
        assert shlex.split(line)[1:] == call
        assert not (tmp_path / "pwned").exists()


def parameters(call: list[str]) -> dict:
    """What a call of the AWS CLI gives the operation; values by their options, or all as JSON."""
    given = dict(word.split("=", 1) if "=" in word else (word, after) for word, after in zip(call, [*call[1:], ""]) if word.startswith("--"))
    if "--cli-input-json" in given:
        return json.loads(given["--cli-input-json"])
    return {"UserName": given["--user-name"]}


def test_hostile_names_are_what_terraform_and_cloudformation_read(plans, tmp_path):
    for name in HOSTILE:
        file = spoilt(plans["missing-send-permission"], name, tmp_path)
        action = actions(file)[0]
        ((kind, _, arguments),) = resources(shown(file, "terraform"))
        assert (kind, arguments) == terraform(action)[:2], name
        (one,) = template(shown(file, "cloudformation"))["Resources"].values()
        assert (one["Type"], one["Properties"]) == cloudformation(action)[:2], name


def test_what_is_no_plan_is_refused():
    nothing = run("plan", "show", __file__, "--as", "cli")
    assert nothing.code not in (HEALTHY, CAUSE_FOUND) and "plan --out" in nothing.err, nothing
