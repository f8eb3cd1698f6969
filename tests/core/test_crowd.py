"""Crowds are told from single objects, and nothing else of an annotation changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samdesk.core.crowd import as_crowd, is_crowd
from samdesk.core.dataset import Annotation
from tests.store.records import disc


@pytest.mark.parametrize("extras", ["", '{"score": 0.5, "note": "ü"}', '{"iscrowd": 1}'])
def test_an_annotation_becomes_a_crowd_and_one_object_again(extras: str) -> None:
    one = Annotation(1, 2, 3, disc(), extras=extras)
    crowd = as_crowd(one, True)
    assert is_crowd(crowd) and is_crowd(one) == ("iscrowd" in extras)
    assert as_crowd(crowd, True) == crowd
    single = as_crowd(crowd, False)
    assert not is_crowd(single)
    assert single == replace(one, extras="" if "iscrowd" in extras else extras)


def test_a_word_of_crowds_makes_none() -> None:
    assert not is_crowd(Annotation(1, 2, 3, disc(), extras='{"note": "iscrowd"}'))
    assert not is_crowd(Annotation(1, 2, 3, disc(), extras='{"iscrowd": 0}'))
