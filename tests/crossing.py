"""Fewer cases than all combinations, without a pair that is never tried: for tests."""

from __future__ import annotations


def paired(subjects, langs, sizes):
    """
    Return (subject, language, size): each subject in each language, and in each size if it can be.

    The sizes take turns along the languages and along the subjects, so that two subjects have
    all languages in both of two sizes between them.
    """
    sizes = list(sizes)
    return [
        (subject, lang, sizes[(i + k) % len(sizes)])
        for i, subject in enumerate(subjects)
        for k, lang in enumerate(langs)
    ]
