"""Inputs: samples of random tokens and pixels, and their masks (docs/4m.md, 3.1 to 3.3).
They are those of bench/cases, to the last token: both programs draw from the
same numbers in the same order."""
import numpy as np
import torch

SENTINEL, FIRST_WORD, EOS = 5, 204, 3  # [S_1]; words are behind 4 special tokens and 200 sentinels
SEED, BATCHES, TOKENS = 4, 4, 128
KEYS = ("tensor", "input_mask", "target_mask", "decoder_attention_mask")


def domains_of_4m7():
    def text():
        return dict(kind="seq", vocab=30000, size=256, length=256, table=512)

    def image(vocab):
        return dict(kind="tok" if vocab else "rgb", vocab=vocab, size=196, grid=(14, 14), patch=16)
    return {"caption": text(), "det": text(), "rgb@224": image(0), "tok_clip@224": image(8192), "tok_depth@224": image(8192),
            "tok_normal@224": image(8192), "tok_rgb@224": image(16384), "tok_semseg@224": image(4096)}


DOMAINS = domains_of_4m7()


class Dice:
    """SplitMix64, and what masks ask of it: see bench/cases/inputs.go."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        m = (1 << 64) - 1
        self.state = z = self.state + 0x9E3779B97F4A7C15 & m
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & m
        z = (z ^ z >> 27) * 0x94D049BB133111EB & m
        return z ^ z >> 31

    def between(self, lo, hi):
        return lo + self.next() % (hi - lo + 1)

    def uniform(self):
        return (self.next() >> 11) / (1 << 53)

    def noise(self, n):
        return np.array([(self.next() >> 40) + 1 for _ in range(n)], np.float32) / np.float32(1 << 24)

    def shares(self, n):
        cuts = sorted([0.0, 1.0] + [self.uniform() for _ in range(n - 1)])
        return [np.float32(cuts[i + 1] - cuts[i]) for i in range(n)]

    def budgets(self, total, room):
        """Dirichlet budgets (docs/4m.md, 3.1): what a domain has no room for is lost."""
        out = [int(p * np.float32(total)) for p in self.shares(len(room))]
        for _ in range(total - sum(out)):
            out[int(np.argmax(self.shares(len(room))))] += 1
        return [min(b, r) for b, r in zip(out, room)]

    def line(self, words, vocab):
        return [self.between(FIRST_WORD, vocab - 1) for _ in range(words)] + [EOS]


def grid(dice, n, ids, inputs, targets):
    """Places of a grid that are input and target (docs/4m.md, 3.2)."""
    order = np.argsort(dice.noise(n), kind="stable")
    given, asked = order < inputs, (order >= inputs) & (order < inputs + targets)
    codes = np.zeros(n, np.int64)
    codes[np.argmax(asked) if asked.any() else 0] = targets
    return ids, ~given, ~asked, codes


def spans(dice, size, ids, inputs, targets):
    """Both sides of a text in one row, masked by spans (docs/4m.md, 3.3)."""
    keep = dice.uniform() if inputs > 0 else 0.0
    while True:
        kept = dice.noise(len(ids)) <= np.float32(keep)
        given, asked, n = [], [], 0
        for i, k in enumerate(kept):
            if k:
                given.append(ids[i])
                continue
            if i == 0 or kept[i - 1]:
                n += 1
                given.append(SENTINEL - 1 + n)
                asked.append(SENTINEL - 1 + n)
            asked.append(ids[i])
        asked.append(SENTINEL + n)
        if inputs == 0 or len(given) <= inputs:
            break
        keep *= 0.9
    given = given if inputs > 0 else []
    if len(asked) > targets:
        at = [i for i, x in enumerate(asked) if SENTINEL <= x < FIRST_WORD]
        start = at[dice.between(0, max(1, len(at) - 1) - 1)]
        if len(asked) - start < targets:
            start = next((a for a in at if len(asked) - a <= targets), start)
        asked = asked[start:start + targets]
    row, codes = np.zeros(2 * (size + 1), np.int64), np.zeros(2 * (size + 1), np.int64)
    unused, not_asked = np.ones(len(row), bool), np.ones(len(row), bool)
    row[:len(given)], unused[:len(given)] = given, False
    row[inputs:inputs + len(asked)], not_asked[inputs:inputs + len(asked)], codes[inputs:inputs + len(asked)] = asked, False, 1
    return row, unused, not_asked, codes


def masked(dice, pixels, n_in, n_out):
    """A sample of all domains, masked: by domain, the four tensors of 4M."""
    ids = {}
    for name, d in DOMAINS.items():
        if d["kind"] == "tok":
            ids[name] = np.array([dice.between(0, d["vocab"] - 1) for _ in range(d["size"])])
        elif d["kind"] == "seq":
            ids[name] = dice.line(dice.between(10, 40), d["vocab"])
    n_in, n_out = dice.between(n_in, n_in), dice.between(n_out, n_out)
    inputs = dict(zip(DOMAINS, dice.budgets(n_in, [d["size"] for d in DOMAINS.values()])))
    out = [n for n in DOMAINS if n != "rgb@224"]
    room = [DOMAINS[n]["size"] - (inputs[n] if DOMAINS[n]["kind"] != "seq" else 0) for n in out]
    targets = dict(zip(out, dice.budgets(n_out, room)))
    sample = {}
    for name, d in DOMAINS.items():
        mask = spans if d["kind"] == "seq" else grid
        row = mask(dice, d["size"], ids.get(name), inputs[name], targets.get(name, 0))
        tensor = pixels if d["kind"] == "rgb" else torch.as_tensor(row[0])
        sample[name] = dict(zip(KEYS, (tensor, *map(torch.as_tensor, row[1:]))))
    return sample


def labels(sample):
    """What is predicted, by domain: of a text all but its first token."""
    asked = {n: sample[n]["tensor"][~sample[n]["target_mask"]].tolist() for n in sample if n != "rgb@224"}
    return {n: a[1:] if DOMAINS[n]["kind"] == "seq" else a for n, a in asked.items()}


def pack(samples):
    return {n: {k: torch.stack([s[n][k] for s in samples]) for k in KEYS} for n in samples[0]}
