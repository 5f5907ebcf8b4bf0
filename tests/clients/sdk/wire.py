"""What an answer is on the wire, and that the SDK reads from it what stands there.

The SDK turns wrong JSON types silently into what it expects, so the JSON itself is looked at.
"""

import json
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
NUMBER = (int, float)


def check(value, shape, where="answer"):
    """Holds `value` to `shape`: a type, a pattern of a text, an object with at least these fields, a list of one shape, a tuple of shapes of
    which one holds, or the value itself. `True` is no number here, nor `1` a truth."""
    if isinstance(shape, tuple):
        assert any(_holds(value, one) for one in shape), f"{where} is {value!r}, none of {shape!r}"
    elif isinstance(shape, dict):
        assert type(value) is dict, f"{where} is no object: {value!r}"
        for name, field in shape.items():
            assert name in value, f"{where} has no {name}: {value!r}"
            check(value[name], field, f"{where}.{name}")
    elif isinstance(shape, list):
        assert type(value) is list, f"{where} is no array: {value!r}"
        for index, one in enumerate(value):
            check(one, shape[0], f"{where}[{index}]")
    elif isinstance(shape, re.Pattern):
        assert type(value) is str and shape.fullmatch(value), f"{where} is {value!r}, not like {shape.pattern}"
    elif isinstance(shape, type):
        assert type(value) is shape, f"{where} is {value!r}, no {shape.__name__}"
    else:
        assert type(value) is type(shape) and value == shape, f"{where} is {value!r}, not {shape!r}"


def _holds(value, shape):
    try:
        check(value, shape)
    except AssertionError:
        return False
    return True


def answer(response, shape):
    """Holds the body of an answer to `shape`, and the SDK to the body; gives the body."""
    body = json.loads(response.raw_content)
    check(body, shape)
    _check_read(items(response) if isinstance(body, list) else response, body, "answer")
    return body


def items(response):
    """What the SDK reads from a bare array. Of an empty one it makes nothing at all."""
    check(json.loads(response.raw_content), [dict])
    return response.body or []


def empty(response):
    """Nothing came but the status."""
    assert not response.raw_content, f"a body came: {response.raw_content!r}"


def _check_read(read, sent, where):
    """What the SDK has in its hands is what was sent."""
    if isinstance(sent, list):
        assert isinstance(read, list) and len(read) == len(sent), f"the SDK reads {where} as {read!r}"
        for index, (one, of_sent) in enumerate(zip(read, sent, strict=True)):
            _check_read(one, of_sent, f"{where}[{index}]")
    elif hasattr(read, "attribute_map"):
        for attribute, name in read.attribute_map.items():
            if name in sent:
                _check_read(getattr(read, attribute), sent[name], f"{where}.{name}")
    elif isinstance(sent, dict) and isinstance(read, dict):
        for name, value in sent.items():
            _check_read(read[name], value, f"{where}.{name}")
    elif isinstance(sent, float):
        assert float(read) == sent, f"the SDK reads {where} as {read!r}, sent was {sent!r}"
    else:
        assert read == sent, f"the SDK reads {where} as {read!r}, sent was {sent!r}"


def page(response, offset, items, total):
    """The header of a page: its offset, how many items it has, how many there are."""
    expected = f"{offset}-{items}/{total}"
    assert response.content_range == expected, f"Content-Range is {response.content_range!r}, not {expected!r}"


def same(actual, expected, what="value"):
    """The two are equal."""
    assert actual == expected, f"{what} is {actual!r}, not {expected!r}"


def has(found, wanted, what="the list"):
    """It is among them."""
    assert wanted in found, f"{what} has no {wanted!r}: {found!r}"


def lacks(found, unwanted, what="the list"):
    """It is not among them."""
    assert unwanted not in found, f"{what} has {unwanted!r}: {found!r}"
