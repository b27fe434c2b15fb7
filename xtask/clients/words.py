"""Amounts in words and figures by upah-explain beside those of lokal-id and num2words (PyPI).

usage: words.py COMMAND...: the command that runs the example `words` of upah-explain. Every difference is one that is
explained here, or ends this with exit code 1.
"""

import collections
import random
import subprocess
import sys

import lokal
from num2words import num2words

COUNT, SEED = 3_000, 20_261_130
# What the fields of the rails hold; upah-core takes nothing above it.
MAX = 9_999_999_999_999
# The numbers below a thousand that are not said like their neighbours.
TURNS = [0, 1, 2, 10, 11, 12, 19, 20, 21, 99, 100, 101, 110, 111, 119, 121, 199, 200, 201, 211, 999]


def amounts():
    yield from range(2_001)
    for power in range(3, 13):
        yield from (10**power + near for near in (-1, 0, 1))
        yield from (turn * 10**power for turn in TURNS)
    yield MAX
    rng = random.Random(SEED)
    for _ in range(COUNT):
        groups = [rng.choice(TURNS) for _ in range(4)]
        yield sum(group * 1_000**at for at, group in enumerate(groups)) + rng.randrange(10) * 10**12
        # Of every length alike.
        yield rng.randrange(10 ** rng.randint(4, 13))


def says_satu_ribu(amount, words):
    """num2words looks at the thousands only where they begin the number: 1.000 is seribu, and 1.001.000 satu juta satu ribu.

    A thousand is seribu wherever it stands, as sebelas and seratus are; lokal-id says so, too.
    """
    is_inside = amount >= 1_000_000 and amount // 1_000 % 1_000 == 1
    return words.replace("seribu", "satu ribu") if is_inside else words


def main(*command):
    asked = sorted({amount for amount in amounts() if amount <= MAX})
    lines = "".join(f"{amount}\n" for amount in [*asked, MAX + 1])
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True, encoding="utf-8")
    *answers, above = done.stdout.splitlines()
    differences, explained = collections.Counter(), 0
    for amount, answer in zip(asked, answers, strict=True):
        figures, words = answer.split("\t")
        by_num2words = says_satu_ribu(amount, words)
        explained += by_num2words != words
        for what, ours, theirs in [
            ("the words of lokal-id", words, lokal.terbilang(amount)),
            ("the words of num2words", by_num2words, num2words(amount, lang="id")),
            ("the figures of lokal-id", figures, lokal.format_rupiah(amount)),
            ("the figures read by lokal-id", amount, lokal.parse_rupiah(figures).amount),
        ]:
            if ours != theirs:
                differences[what] += 1
                if differences[what] <= 10:
                    print(f"{what}: {amount}: ours {ours!r}, theirs {theirs!r}", file=sys.stderr)
    print(f"explained, {explained} times: num2words says satu ribu inside a number")
    print(f"{len(asked)} amounts: {differences.total()} differences without an explanation")
    return 1 if differences or not explained or above else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
