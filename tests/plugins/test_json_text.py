"""JSON as it is handed in: encodings, numbers beyond any size, keys given twice, and that only ``NoJsonError`` is ever raised."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierwise.plugins.json_text import NoJsonError, read_json

TEXT = '{"金额": 12.50, "n": 7, "none": null}'
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    assert read_json(TEXT.encode(encoding)).value == {"金额": Decimal("12.50"), "n": 7, "none": None}


@pytest.mark.parametrize(
    "number",
    [
        "1e99999999999999999999",
        "-1e99999999999999999999",
        "1e999999999",
        "1e-999999999",
        "9" * 5_000,
        "0." + "1" * 5_000,
        "NaN",
        "-Infinity",
    ],
)
def test_a_number_beyond_any_use_is_a_bad_value_not_a_bad_document(number: str) -> None:
    assert read_json(f'{{"x": {number}, "y": 1}}'.encode()).value == {"x": number, "y": 1}


@pytest.mark.parametrize(
    ("number", "value"), [("1e3", Decimal(1000)), ("1E-2", Decimal("0.01")), ("-0.0", Decimal("-0.0")), ("9" * 100, int("9" * 100))]
)
def test_a_number_in_bounds_is_exact(number: str, value: Any) -> None:
    read = read_json(number.encode()).value

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "repeated"),
    [('{"a": 1, "a": 2}', ("a",)), ('{"a": {"b": 1, "b": 1, "b": 2}, "c": [{"d": 1, "d": 2}]}', ("b", "d")), ('{"a": {"a": 1}}', ())],
)
def test_keys_given_twice_in_one_object_are_told(text: str, repeated: tuple[str, ...]) -> None:
    assert read_json(text.encode()).repeated == repeated


def test_of_a_repeated_key_the_last_counts() -> None:
    assert read_json(b'{"a": 1, "a": 2}').value == {"a": 2}


@given(VALUES)
def test_it_reads_what_json_writes(value: Any) -> None:
    assert read_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass" if _is_torn(value) else "strict")).value == value


@given(st.binary(max_size=60))
def test_anything_else_is_refused_in_one_line(raw: bytes) -> None:
    try:
        read_json(raw)
    except NoJsonError as error:
        assert str(error)
        assert "\n" not in str(error)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(NoJsonError, match="nested too deeply"):
        read_json(b"[" * 200_000)


def _is_torn(value: Any) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in json.dumps(value, ensure_ascii=False))
