"""Finding and reading the files of a policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.plugins.loading import policy_files, read_file_of, shipped_policies


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy folder with everything that may stand in it."""
    folder = tmp_path / "mine"
    (folder / "tables").mkdir(parents=True)
    (folder / "policy.yaml").write_text("tierwise: 1\n客户: x\n", encoding="utf-8")
    (folder / "cases.yaml").write_text("cases: []\n")
    (folder / "README.md").write_text("for people\n")
    (folder / "tables" / "tier.csv").write_text("a,-> b\n", encoding="utf-8-sig")
    (folder / "tables" / "notes.txt").write_text("x\n")
    return folder


def message_of(path: object, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(PolicyError) as caught:
        policy_files(str(path), limits=limits)
    return str(caught.value), caught.value.help


def test_a_shipped_policy_is_found_by_its_name() -> None:
    files = policy_files("big-customer-tiers")

    assert {"policy.yaml", "cases.yaml"} <= set(files)
    assert "policy: big-customer-tiers" in files["policy.yaml"]
    assert "big-customer-tiers" in shipped_policies()


def test_a_folder_gives_its_policy_cases_and_tables_and_nothing_else(folder: Path) -> None:
    files = policy_files(folder)

    assert dict(files) == {"policy.yaml": "tierwise: 1\n客户: x\n", "cases.yaml": "cases: []\n", "tables/tier.csv": "a,-> b\n"}
    assert dict(policy_files(folder / "policy.yaml")) == dict(files)


def test_a_file_of_another_name_is_a_whole_policy(folder: Path) -> None:
    (folder / "other.yaml").write_text("tierwise: 1\n")

    assert dict(policy_files(folder / "other.yaml")) == {"policy.yaml": "tierwise: 1\n"}


def test_policies_of_plugins_are_found_where_they_are_given(folder: Path) -> None:
    assert policy_files("theirs", {"theirs": folder})["policy.yaml"] == "tierwise: 1\n客户: x\n"


@pytest.mark.parametrize(
    ("name", "message", "help"),
    [
        ("big-customer-teirs", "there is no policy `big-customer-teirs`", "did you mean `big-customer-tiers`?"),
        ("nothing-like-it", "there is no policy `nothing-like-it`", "`tierwise policies` lists the shipped ones; a path needs a `/`"),
        ("no/such/folder", "there is no file or folder `no/such/folder`", "give a shipped policy's name, or the path of a folder or file"),
        ("../big-customer-tiers", "there is no file or folder `../big-customer-tiers`", "did you mean `big-customer-tiers`?"),
        ("", "there is no file or folder ``", "give a shipped policy's name, or the path of a folder or file"),
        ("a\0b\n", "there is no file or folder `a?b?`", "give a shipped policy's name, or the path of a folder or file"),
    ],
)
def test_what_is_not_there_says_so_and_offers_the_nearest(
    name: str, message: str, help: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert message_of(name) == (message, help)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"tierwise: 1\n\xff\xfe", "is not UTF-8 text (line 2)"),
        (b"PK\x03\x04\0\0", "is not a text file"),
        ("tierwise: 1".encode("utf-16"), "is not a text file"),
        (b"x" * 2000, "is larger than the 1,000 bytes that a file may have"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(folder: Path, content: bytes, message: str) -> None:
    (folder / "policy.yaml").write_bytes(content)

    with pytest.raises(PolicyError) as caught:
        policy_files(str(folder), limits=Limits(file_bytes=1000))
    said = caught.value.findings[0].message if caught.value.findings else str(caught.value)

    assert said == f"`{folder}/policy.yaml` {message}"


def test_a_folder_without_a_policy_is_refused(tmp_path: Path) -> None:
    assert message_of(tmp_path)[0] == f"there is no `policy.yaml` in the folder `{tmp_path}`"


def test_a_csv_file_from_a_chinese_windows_is_read(folder: Path) -> None:
    (folder / "tables" / "tier.csv").write_bytes("等级,-> 权限\n甲,5%\n".encode("gb18030"))

    assert policy_files(folder)["tables/tier.csv"] == "等级,-> 权限\n甲,5%\n"


@pytest.mark.parametrize("name", ["policy.yaml", "cases.yaml", "tables/tier.csv"])
def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret\n")
    (folder / name).unlink()
    (folder / name).symlink_to(outside)

    assert message_of(folder)[0] == f"`{name}` leads out of the policy's folder"


def test_a_linked_tables_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "tables").rename(tmp_path / "tables")
    (folder / "tables").symlink_to(tmp_path / "tables")

    assert message_of(folder)[0] == "`tables/tier.csv` leads out of the policy's folder"


def test_a_device_is_never_read() -> None:
    assert message_of("/dev/zero")[0] == "`/dev/zero` is neither a file nor a folder"


def test_an_overlay_is_read_under_the_name_the_user_gave(folder: Path) -> None:
    (folder / "company.yaml").write_bytes("\ufeffoverlay: 1\n".encode())

    source = read_file_of("overlay", folder / "company.yaml")

    assert (source.name, source.text) == (str(folder / "company.yaml"), "overlay: 1\n")


@pytest.mark.parametrize(
    ("name", "said"), [("missing.yaml", "there is no"), ("", "there is no"), ("a\0b", "there is no"), (".", "is a folder")]
)
def test_a_missing_overlay_is_refused(name: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read_file_of("overlay", name)
