#!/usr/bin/python3
"""4M in plain PyTorch, to compare times with: the cases of "fourm bench".

    python3 bench/torch4m.py --case train_tiny_b1 --reps 3 --threads 2
    python3 bench/torch4m.py --check FIXTURE     # does it compute 4M?

What is computed, and how, is what the official program does on a CPU: see
plain4m. All of it is float32. A case prints one JSON object, and says on
standard error what it ran on. The inputs and the count of multiply-adds are
those of bench/cases.
"""
import argparse
import contextlib
import json
import math
import os
import re
import sys
import time

args = argparse.ArgumentParser(description="Time one case of 4M in plain PyTorch.")
args.add_argument("--case", help="as in: fourm bench")
args.add_argument("--reps", type=int, default=3, help="timed repetitions; those of a warm-up come before")
args.add_argument("--threads", type=int, default=0, help="threads; 0 leaves the choice to PyTorch")
args.add_argument("--inputs", type=int, metavar="N", help="print the first N masked samples of the training cases")
args.add_argument("--check", metavar="DIR", nargs="+", help="compare the model with recorded cases of the official one")
args = args.parse_args()
if args.threads > 0:  # libraries read these when they are loaded
    for name in ("OMP", "MKL", "OPENBLAS", "BLIS"):
        os.environ[name + "_NUM_THREADS"] = str(args.threads)

sys.dont_write_bytecode = True  # a run leaves nothing beside the sources
import numpy as np  # noqa: E402
import torch  # noqa: E402

from plain4m.check import check  # noqa: E402
from plain4m.generate import cosine, maskgit, prompt, write  # noqa: E402
from plain4m.inputs import BATCHES, DOMAINS, SEED, TOKENS, Dice, labels, masked, pack  # noqa: E402
from plain4m.model import FourM  # noqa: E402
from plain4m.tokenizer import Tokenizer  # noqa: E402

SIZES = {"tiny": (384, 6), "base": (768, 12)}


class Work:
    """Multiply-adds, by the formula of bench/cases/macs.go."""

    def __init__(self, dim, depth):
        self.d, self.h, self.depth = dim, 2 * 4 * dim // 3, depth

    def encode(self, n):
        return self.depth * (n * (4 * self.d**2 + 3 * self.d * self.h) + 2 * n * n * self.d) + n * self.d**2

    def decode(self, n, m):
        return self.depth * (m * (6 * self.d**2 + 3 * self.d * self.h) + 2 * m * m * self.d + 2 * m * n * self.d + 2 * n * self.d**2)

    def step(self, samples):
        b = len(samples)
        logits = sum(len(asked) * DOMAINS[n]["vocab"] for s in samples for n, asked in labels(s).items())
        return 3 * (b * (self.encode(TOKENS) + self.decode(TOKENS, TOKENS)) + logits * self.d) + 2 * b * 196 * 768 * self.d


# A case gives what runs its i-th repetition, and tells how many multiply-adds
# that one is worth.


def training(model, work, batch):
    dice = Dice(SEED)
    drawn = [[masked(dice, torch.rand(3, 224, 224), TOKENS, TOKENS) for _ in range(batch)] for _ in range(BATCHES)]
    plain = [p for n, p in model.named_parameters() if "norm" in n or n.endswith(".bias")]
    rest = [p for n, p in model.named_parameters() if not ("norm" in n or n.endswith(".bias"))]
    opt = torch.optim.AdamW([dict(params=rest, weight_decay=0.05), dict(params=plain, weight_decay=0.0)], lr=1e-4, betas=(0.9, 0.95), eps=1e-8)

    def run(i):
        loss, _ = model(pack(drawn[i % BATCHES]), TOKENS, TOKENS)
        loss.backward()
        torch.norm(torch.stack([p.grad.norm() for p in model.parameters()]))
        opt.step()
        opt.zero_grad(set_to_none=True)
        if not math.isfinite(loss.item()):
            raise SystemExit("the loss is %g" % loss.item())
    return run, lambda i: work.step(drawn[i % BATCHES])


def picture(model, work, steps):
    line = Dice(SEED).line(20, 30000)

    def run(i):
        torch.manual_seed(SEED)
        caption = prompt(len(line) - 1)
        caption.update(tensor=torch.tensor([line]), input_mask=torch.zeros(1, len(line), dtype=torch.bool))
        yes = torch.ones(1, 196, dtype=torch.bool)
        batch = {"caption": caption, "tok_rgb@224": dict(tensor=torch.zeros(1, 196, dtype=torch.long), input_mask=yes, target_mask=~yes)}
        maskgit(model, batch, "tok_rgb@224", "caption", steps, 3.0, 2.0, 0.8)
    macs, done = 0, 0
    for n in cosine(steps, 196):
        for shown in (len(line) + done, 1 + done):
            macs += work.encode(shown) + work.decode(shown, 196 - done) + (196 - done) * 16384 * work.d
        done += n
    return run, lambda i: macs


def caption(model, work, tokens):
    dice = Dice(SEED)
    ids = torch.tensor([[dice.between(0, 16383) for _ in range(196)]])
    no = torch.zeros(1, 196, dtype=torch.bool)

    def run(i):
        torch.manual_seed(SEED)
        write(model, {"tok_rgb@224": dict(tensor=ids, input_mask=no, target_mask=~no), "caption": prompt(tokens)}, "caption", tokens, 0.3)
    macs = work.encode(197) + sum(work.decode(197, n) + n * 30000 * work.d for n in range(1, tokens + 1))
    return run, lambda i: macs


def tokenizing(batch):
    """Both halves of a tokenizer; what they took is in halves."""
    model, x, halves = Tokenizer().eval(), torch.rand(batch, 3, 224, 224) * 2 - 1, []

    def run(i):
        began = time.perf_counter()
        ids = model.encode(x)
        half = time.perf_counter()
        model.decode(ids)
        halves.append((half - began, time.perf_counter() - half))
    n, d = 196, 768
    one = 12 * (n * 12 * d * d + 2 * n * n * d) + n * 8 * d * d + n * d * 768 + n * d * 32
    return run, lambda i: batch * (2 * one + n * 32 * 16384), halves


CASES = {"train_%s_b%d" % (s, b): (s, training, b) for s, b in (("tiny", 1), ("tiny", 8), ("tiny", 32), ("base", 1), ("base", 4))}
CASES.update({"maskgit_%s_%d" % (s, n): (s, picture, n) for s in SIZES for n in (8, 25)})
CASES.update({"ar_" + s: (s, caption, 63) for s in SIZES})


CASES.update({"vq_vitb_b%d" % b: ("", tokenizing, b) for b in (1, 8)})


def timed(name, reps):
    size, prepare, option = CASES[name]
    torch.manual_seed(SEED)
    halves = []
    if prepare is tokenizing:
        run, worth, halves = tokenizing(option)
    else:
        dim, depth = SIZES[size]
        model = FourM(DOMAINS, list(DOMAINS), [n for n in DOMAINS if n != "rgb@224"], dim, dim // 64, depth, depth)
        run, worth = prepare(model, Work(dim, depth), option)

    def one(i):
        began = time.perf_counter()
        run(i)
        return time.perf_counter() - began
    with contextlib.nullcontext() if prepare is training else torch.no_grad():
        i, spent = 0, 0.0
        while i == 0 or spent < 1:  # warm-up: a repetition and a second at least
            spent += one(i)
            i += 1
        seconds = [one(i) for i in range(reps)]
    macs = sum(worth(i) for i in range(reps))
    status = open("/proc/self/status").read()
    rates = {}
    if halves:
        there, back = np.median(halves[-reps:], axis=0)
        rates = dict(encode_per_s=option / there, decode_per_s=option / back)
    return dict(rates, case=name, seconds=dict(median=float(np.median(seconds)), best=min(seconds), all=seconds), gflop=2 * float(macs) / reps / 1e9,
                peak_rss_mb=int(re.search(r"VmHWM:\s*(\d+)", status)[1]) * 1024 / 1e6, threads=torch.get_num_threads())


def machinery():
    """What this process runs on, the BLAS that is really loaded included."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    loaded = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
    blas = sorted(p for p in loaded if re.search(r"blas|blis|mkl|lapack|gomp|omp5", os.path.basename(p)))
    config = torch.__config__.show()
    used = re.search(r"CPU capability usage: (\S+)", config)
    return "torch %s, %d threads, %s\nlibraries: %s" % (torch.__version__, torch.get_num_threads(), used[1] if used else "?", " ".join(blas))


def main():
    if args.check:
        torch.manual_seed(SEED)
        bad = 0
        for folder in args.check:
            try:
                bad += check(folder)
            except (OSError, ValueError, KeyError, RuntimeError) as e:
                sys.exit("%s: %s: %s" % (folder, type(e).__name__, e))
        sys.exit(1 if bad else 0)
    if args.inputs:
        dice = Dice(SEED)
        for s in [masked(dice, torch.zeros(1), TOKENS, TOKENS) for _ in range(args.inputs)]:
            print(json.dumps({n: [(~d["input_mask"]).nonzero()[:, 0].tolist() if n == "rgb@224" else d["tensor"][~d["input_mask"]].tolist(),
                                  labels(s).get(n, [])] for n, d in s.items()}))
        return
    if args.case not in CASES:
        sys.exit("no case %r (have %s)" % (args.case, ", ".join(CASES)))
    if args.reps < 1:
        sys.exit("%d repetitions, expected 1 or more" % args.reps)
    if args.threads > 0:
        torch.set_num_threads(args.threads)
    print(machinery(), file=sys.stderr)
    print(json.dumps(timed(args.case, args.reps)))


if __name__ == "__main__":
    main()
