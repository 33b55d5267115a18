#!/usr/bin/python3
"""4M in plain PyTorch, to compare times with: the cases of "fourm bench".

    python3 bench/torch4m.py --case train_tiny_b1 --reps 3 --threads 2
    python3 bench/torch4m.py --check FIXTURE     # does it compute 4M?

What is computed is what the official program computes (the numbers of
sections are those of the inventory that this project was built from), and it
is computed the plain way: every domain is embedded whole and the tokens in
use are gathered from it (4.6), attention is a product, a softmax and a product
(4.2), gradients of tables are dense, generation keeps nothing from one step to
the next, a text is decoded anew for each of its tokens and all of its
positions get logits (6.3), and top-p sorts the vocabulary. All of it is
float32.

A case prints one JSON object, and says on standard error what it ran on. The
inputs and the count of multiply-adds are those of bench/cases, to the last
token.
"""
import argparse
import contextlib
import json
import math
import os
import re
import struct
import sys
import time

args = argparse.ArgumentParser(description="Time one case of 4M in plain PyTorch.")
args.add_argument("--case", help="as in: fourm bench")
args.add_argument("--reps", type=int, default=3, help="timed repetitions")
args.add_argument("--threads", type=int, default=0, help="threads; 0 leaves the choice to PyTorch")
args.add_argument("--check", metavar="DIR", help="compare the model with a recorded case of the official one")
args = args.parse_args()
if args.threads > 0:  # libraries read these when they are loaded
    for name in ("OMP", "MKL", "OPENBLAS", "BLIS"):
        os.environ[name + "_NUM_THREADS"] = str(args.threads)

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402


# The model ------------------------------------------------------------------


class Norm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, None, 1e-6)


def linear(rows, cols, bias=False):
    return nn.Linear(cols, rows, bias=bias)


def attend(q, k, v, hidden):
    """q (B, H, M, d), k and v (B, H, N, d); hidden, (B, M or 1, N) or None, is
    True where a query must not look."""
    a = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    if hidden is not None:
        a = a.masked_fill(hidden[:, None], -torch.finfo(a.dtype).max)
    x = a.softmax(-1) @ v
    return x.transpose(1, 2).flatten(2)


def heads(x, parts, h):
    """Cuts packed maps (B, N, parts D) into parts tensors (B, H, N, d)."""
    b, n, w = x.shape
    return x.view(b, n, parts, h, w // parts // h).permute(2, 0, 3, 1, 4)


class SelfAttention(nn.Module):
    def __init__(self, dim, h):
        super().__init__()
        self.h, self.qkv, self.proj = h, linear(3 * dim, dim), linear(dim, dim)

    def forward(self, x, hidden):
        q, k, v = heads(self.qkv(x), 3, self.h)
        return self.proj(attend(q, k, v, hidden))


class CrossAttention(nn.Module):
    def __init__(self, dim, h):
        super().__init__()
        self.h, self.q, self.kv, self.proj = h, linear(dim, dim), linear(2 * dim, dim), linear(dim, dim)

    def forward(self, x, context, hidden):
        (q,), (k, v) = heads(self.q(x), 1, self.h), heads(self.kv(context), 2, self.h)
        return self.proj(attend(q, k, v, hidden))


class MLP(nn.Module):
    def __init__(self, dim):
        super().__init__()
        hidden = 2 * 4 * dim // 3
        self.fc1, self.fc2, self.fc3 = linear(hidden, dim), linear(dim, hidden), linear(hidden, dim)

    def forward(self, x):
        return self.fc2(F.silu(self.fc1(x)) * self.fc3(x))


class EncoderBlock(nn.Module):
    def __init__(self, dim, h):
        super().__init__()
        self.norm1, self.attn, self.norm2, self.mlp = Norm(dim), SelfAttention(dim, h), Norm(dim), MLP(dim)

    def forward(self, x, hidden):
        x = x + self.attn(self.norm1(x), hidden)
        return x + self.mlp(self.norm2(x))


class DecoderBlock(nn.Module):
    def __init__(self, dim, h):
        super().__init__()
        self.norm1, self.self_attn = Norm(dim), SelfAttention(dim, h)
        self.query_norm, self.context_norm, self.cross_attn = Norm(dim), Norm(dim), CrossAttention(dim, h)
        self.norm2, self.mlp = Norm(dim), MLP(dim)

    def forward(self, y, context, hidden, padding):
        y = y + self.self_attn(self.norm1(y), hidden)
        y = y + self.cross_attn(self.query_norm(y), self.context_norm(context), padding)
        return y + self.mlp(self.norm2(y))


def sines(positions, dim):
    """(N,) to (N, dim): sines, then cosines (4.4)."""
    a = positions[:, None] * 10000.0 ** (-torch.arange(dim // 2, dtype=torch.float64) / (dim // 2))
    return torch.cat([a.sin(), a.cos()], 1)


class Embedding(nn.Module):
    """One domain on one side: contents, and position plus modality (4.3)."""

    def __init__(self, domain, dim, decoder, tied):
        super().__init__()
        self.domain, self.decoder = domain, decoder
        self.mod_emb = nn.Parameter(torch.randn(1, 1, dim) * 0.02)
        if domain["kind"] == "seq":
            pos = sines(torch.arange(domain["table"], dtype=torch.float64), dim)
        else:
            r, c = torch.meshgrid(*[torch.arange(n, dtype=torch.float64) for n in domain["grid"]], indexing="ij")
            pos = torch.cat([sines(r.flatten(), dim // 2), sines(c.flatten(), dim // 2)], 1)
        self.register_buffer("pos_emb", pos[None].float())
        if domain["kind"] == "rgb":
            self.proj = linear(dim, domain["patch"] ** 2 * 3)
        else:
            self.token_emb = nn.Embedding(domain["vocab"], dim, padding_idx=0 if domain["kind"] == "seq" else None)
        if decoder:
            self.to_logits = linear(domain["vocab"], dim)
            if tied:
                self.to_logits.weight = self.token_emb.weight

    def forward(self, ids, unused):
        """ids (B, N), or pixels (B, 3, H, W); unused (B, N) is True where a
        token is no part of this side. Gives contents and the rest, (B, N, D)."""
        kind = self.domain["kind"]
        if kind == "rgb":
            x = self.proj(patches(ids, self.domain["patch"]))
        else:
            x = self.token_emb(ids.flatten(1))
        if kind != "seq":
            return x, (self.pos_emb + self.mod_emb).expand_as(x)
        # the position of a token in use is its rank among them
        rank = (~unused).cumsum(1) - 1
        if self.decoder:
            rank = rank.masked_fill(rank >= self.domain["length"], 0)
        pos = self.pos_emb[0][rank.clamp(min=0)].masked_fill(unused[..., None], 0)
        return x, pos + self.mod_emb


def patches(x, p):
    """Pixels (B, 3, H, W) to (B, N, p p 3), each patch row by row."""
    b, c, h, w = x.shape
    return x.view(b, c, h // p, p, w // p, p).permute(0, 2, 4, 3, 5, 1).reshape(b, h // p * (w // p), p * p * c)


class FourM(nn.Module):
    def __init__(self, domains, inputs, outputs, dim, h, encoder, decoder, tied=True):
        super().__init__()
        self.domains, self.dim = domains, dim
        self.number = {name: i for i, name in enumerate(domains)}
        self.encoder_embeddings = nn.ModuleDict({n: Embedding(domains[n], dim, False, tied) for n in inputs})
        self.decoder_embeddings = nn.ModuleDict({n: Embedding(domains[n], dim, True, tied) for n in outputs})
        for n in outputs:
            if n in inputs:
                self.decoder_embeddings[n].mod_emb = self.encoder_embeddings[n].mod_emb
        self.encoder = nn.ModuleList(EncoderBlock(dim, h) for _ in range(encoder))
        self.encoder_norm = Norm(dim)
        self.decoder_proj_context = linear(dim, dim, bias=True)
        self.mask_token = nn.Parameter(torch.randn(1, 1, dim) * 0.02)
        self.decoder = nn.ModuleList(DecoderBlock(dim, h) for _ in range(decoder))
        self.decoder_norm = Norm(dim)
        for name, m in self.named_modules():  # 4.5
            if isinstance(m, nn.Embedding):
                nn.init.normal_(m.weight, std=0.02)
            elif isinstance(m, nn.Linear):
                share = 3 if name.endswith("qkv") else 2 if name.endswith("kv") else 1
                bound = math.sqrt(6 / (m.weight.shape[0] / share + m.weight.shape[1]))
                nn.init.uniform_(m.weight, -bound, bound)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)

    def side(self, parts, n):
        """Joins what domains embed to, and keeps the first n tokens in use: parts
        are (name, contents, rest, unused, more ...), more being (B, N) tables."""
        names, contents, rest, unused, *more = zip(*parts)
        mods = torch.cat([torch.full_like(u, self.number[name], dtype=torch.long) for name, u in zip(names, unused)], 1)
        x, e, u, *more = [torch.cat(t, 1) for t in (contents, rest, unused, *more)]
        first = (u + torch.arange(u.shape[1]) * 1e-6).argsort(1)[:, :n]
        x, e = [t.gather(1, first[..., None].expand(-1, -1, t.shape[2])) for t in (x, e)]
        u, mods, *more = [t.gather(1, first) for t in (u, mods, *more)]
        x, e = [t.masked_fill(u[..., None], 0) for t in (x, e)]
        return x, e, u, mods, *more

    def encode(self, batch, n):
        """Gives the context (B, n, D), which of it is padding (B, 1, n), and what
        lies on the way."""
        parts = []
        for name, emb in self.encoder_embeddings.items():
            if name in batch:
                d = batch[name]
                parts.append((name, *emb(d["tensor"], d["input_mask"]), d["input_mask"]))
        tokens, emb, unused, mods = self.side(parts, n)
        padding = unused[:, None]
        x = tokens + emb
        for block in self.encoder:
            x = block(x, padding)
        x = self.encoder_norm(x)
        context = self.decoder_proj_context(x) + emb
        return context, padding, dict(encoder_tokens=tokens, encoder_emb=emb, encoder_mask=padding,
                                      encoder_mod_mask=mods.masked_fill(unused, -1), encoder_output=x, context=context)

    def targets(self, batch, m, order):
        """Gives the decoder's input for training: images are asked for by the mask
        token, texts by the token before (4.6)."""
        parts = []
        for name in order or self.decoder_embeddings:
            if name not in batch:
                continue
            d, emb = batch[name], self.decoder_embeddings[name]
            ids, unused, codes = d["tensor"].flatten(1), d["target_mask"], d["decoder_attention_mask"]
            x, e = emb(ids, unused)
            if emb.domain["kind"] == "seq":
                x, e, ids, codes = x[:, :-1], e[:, :-1], ids[:, 1:], codes[:, :-1]
                unused = unused[:, 1:] | unused[:, :-1]
            else:
                x = self.mask_token.expand_as(x)
            parts.append((name, x, e, unused, ids, codes))
        x, e, unused, mods, ids, codes = self.side(parts, m)
        ahead = torch.arange(x.shape[1]) >= codes.cumsum(1)[..., None]
        hidden = ahead | (mods[..., None] != mods[:, None])
        return x, e, unused, mods.masked_fill(unused, -1), ids.masked_fill(unused, 0), hidden

    def decode(self, y, context, hidden, padding):
        for block in self.decoder:
            y = block(y, context, hidden, padding)
        return self.decoder_norm(y)

    def forward(self, batch, n, m, order=None, loss="mod", sides=None):
        """Gives the loss and those of the domains. sides, a dict, gets all that
        lies on the way."""
        context, padding, way = self.encode(batch, n)
        x, e, unused, mods, ids, hidden = self.targets(batch, m, order)
        y = self.decode(x + e, context, hidden, padding)
        losses, weights = {}, {}
        for name, emb in self.decoder_embeddings.items():
            if name not in batch:
                continue
            rows = mods == self.number[name]
            logits = emb.to_logits(y[rows])
            losses[name] = F.cross_entropy(logits, ids[rows]) if len(logits) else logits.sum()
            weights[name] = logits.numel() if loss == "token" else 1  # 4.6: tokens times vocabulary
            self.rows_by_vocab += logits.numel()
        if sides is not None:
            sides.update(way, decoder_tokens=x, decoder_emb=e, decoder_mask=unused[:, None], target_ids=ids, decoder_mod_mask=mods,
                         decoder_attention_mask=hidden, decoder_output=y)
        return sum(losses[n] * (weights[n] / sum(weights.values())) for n in losses), losses

    rows_by_vocab = 0  # logits made so far


# Generation -----------------------------------------------------------------


def visible(batch):
    return int(max(sum((~d["input_mask"]).sum(1) for d in batch.values())))


def look(model, batch, name):
    """Logits of all places of a grid that are still open, and the places."""
    context, padding, _ = model.encode(batch, visible(batch))
    d, emb = batch[name], model.decoder_embeddings[name]
    _, e = emb(d["tensor"], d["target_mask"])
    m = int((~d["target_mask"]).sum(1).max())
    places = (d["target_mask"] + torch.arange(e.shape[1]) * 1e-6).argsort(1)[:, :m]
    y = model.mask_token + e.gather(1, places[..., None].expand(-1, -1, model.dim))
    return emb.to_logits(model.decode(y, context, None, padding)), places


def sample(logits, temp, top_p=0.0):
    """Draws a token a row of (R, V): top-p first, then the temperature (6.3)."""
    if top_p > 0:
        ordered, order = logits.sort(descending=True)
        over = ordered.softmax(-1).cumsum(-1) > top_p
        over = torch.cat([torch.zeros_like(over[:, :1]), over[:, :-1]], 1)  # the token that crosses stays
        logits = logits.masked_fill(torch.zeros_like(over).scatter(1, order, over), -math.inf)
    p = (logits / temp).softmax(-1)
    ids = p.multinomial(1)
    return ids[:, 0], p.gather(1, ids)[:, 0]


def cosine(steps, total):
    """Tokens of each step (6.2)."""
    share = [(1 + math.cos(math.pi * i / steps)) / 2 for i in range(steps + 1)]
    out = [round(total * (share[i] - share[i + 1])) for i in range(steps)]
    return out[:-1] + [total - sum(out[:-1])]


def maskgit(model, batch, name, given, steps, temp, guide, top_p):
    """All tokens of a grid; given is emptied for the pass without conditions."""
    total = batch[name]["tensor"].numel()
    done = 0
    for n in cosine(steps, total):
        with_, places = look(model, batch, name)
        bare = dict(batch, **{given: prompt(1)})
        without, _ = look(model, bare, name)
        logits = (without + guide * (with_ - without))[0]
        ids, sure = sample(logits, max(temp * (1 - done / total), 1e-9), top_p)
        best = sure.topk(n).indices
        d = batch[name]
        at = places[0, best]
        d["tensor"][0, at], d["input_mask"][0, at], d["target_mask"][0, at] = ids[best], False, True
        done += n


def prompt(n):
    """A text that is one sentinel, with room for n tokens in its target."""
    d = dict(tensor=torch.zeros(1, n + 1, dtype=torch.long), input_mask=torch.ones(1, n + 1, dtype=torch.bool), target_mask=torch.zeros(1, n + 1, dtype=torch.bool))
    d["tensor"][0, :2], d["input_mask"][0, 0], d["target_mask"][0, 0] = SENTINEL, False, True
    return d


def write(model, batch, name, n, temp):
    """n tokens of a text, each after those before it."""
    context, padding, _ = model.encode(batch, visible(batch))
    emb = model.decoder_embeddings[name]
    ids = torch.full((1, 1), SENTINEL)
    for _ in range(n):
        x, e = emb(ids, torch.zeros_like(ids, dtype=torch.bool))
        hidden = torch.ones(1, ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
        logits = emb.to_logits(model.decode(x + e, context, hidden, padding))
        ids = torch.cat([ids, sample(logits[:, -1], temp)[0][:, None]], 1)
    return ids


# Inputs ---------------------------------------------------------------------

SENTINEL, FIRST_WORD, EOS = 5, 204, 3  # [S_1]; words are behind 4 special tokens and 200 sentinels
SEED, BATCHES, TOKENS = 4, 4, 128


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
        """Dirichlet budgets (3.1): what a domain has no room for is lost."""
        out = [int(p * np.float32(total)) for p in self.shares(len(room))]
        for _ in range(total - sum(out)):
            out[int(np.argmax(self.shares(len(room))))] += 1
        return [min(b, r) for b, r in zip(out, room)]

    def line(self, words, vocab):
        return [self.between(FIRST_WORD, vocab - 1) for _ in range(words)] + [EOS]


def grid(dice, n, ids, inputs, targets):
    """Places of a grid that are input and target (3.2)."""
    order = np.argsort(dice.noise(n), kind="stable")
    given, asked = order < inputs, (order >= inputs) & (order < inputs + targets)
    codes = np.zeros(n, np.int64)
    codes[np.argmax(asked) if asked.any() else 0] = targets
    return ids, ~given, ~asked, codes


def spans(dice, size, ids, inputs, targets):
    """Both sides of a text in one row, masked by spans (3.3)."""
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


KEYS = ("tensor", "input_mask", "target_mask", "decoder_attention_mask")


def pack(samples):
    return {n: {k: torch.stack([s[n][k] for s in samples]) for k in KEYS} for n in samples[0]}


# Cases ----------------------------------------------------------------------


def domains_of_4m7():
    def text():
        return dict(kind="seq", vocab=30000, size=256, length=256, table=512)

    def image(vocab):
        return dict(kind="tok" if vocab else "rgb", vocab=vocab, size=196, grid=(14, 14), patch=16)
    return {"caption": text(), "det": text(), "rgb@224": image(0), "tok_clip@224": image(8192), "tok_depth@224": image(8192),
            "tok_normal@224": image(8192), "tok_rgb@224": image(16384), "tok_semseg@224": image(4096)}


DOMAINS = domains_of_4m7()
SIZES = {"tiny": (384, 6), "base": (768, 12)}


class Work:
    """Multiply-adds, by the formula of bench/cases/work.go."""

    def __init__(self, dim, depth):
        self.d, self.h, self.depth = dim, 2 * 4 * dim // 3, depth

    def encode(self, n):
        return self.depth * (n * (4 * self.d**2 + 3 * self.d * self.h) + 2 * n * n * self.d) + n * self.d**2

    def decode(self, n, m):
        return self.depth * (m * (6 * self.d**2 + 3 * self.d * self.h) + 2 * m * m * self.d + 2 * m * n * self.d + 2 * n * self.d**2)

    def step(self, batch, rows_by_vocab):
        pixels = batch * 196 * 768 * self.d
        return 3 * (batch * (self.encode(TOKENS) + self.decode(TOKENS, TOKENS)) + rows_by_vocab * self.d) + 2 * pixels


def training(model, work, batch):
    dice = Dice(SEED)
    drawn = [[masked(dice, torch.rand(3, 224, 224), TOKENS, TOKENS) for _ in range(batch)] for _ in range(BATCHES)]
    plain = [p for n, p in model.named_parameters() if "norm" in n or n.endswith(".bias")]
    rest = [p for n, p in model.named_parameters() if not ("norm" in n or n.endswith(".bias"))]
    opt = torch.optim.AdamW([dict(params=rest, weight_decay=0.05), dict(params=plain, weight_decay=0.0)], lr=1e-4, betas=(0.9, 0.95), eps=1e-8)

    def run(i):
        model.rows_by_vocab = 0
        loss, _ = model(pack(drawn[i % BATCHES]), TOKENS, TOKENS)
        loss.backward()
        torch.norm(torch.stack([p.grad.norm() for p in model.parameters()]))
        opt.step()
        opt.zero_grad(set_to_none=True)
        if not math.isfinite(loss.item()):
            raise SystemExit("the loss is %g" % loss.item())
        return work.step(batch, model.rows_by_vocab)
    return run


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
        return macs
    return run


def caption(model, work, tokens):
    dice = Dice(SEED)
    ids = torch.tensor([[dice.between(0, 16383) for _ in range(196)]])
    no = torch.zeros(1, 196, dtype=torch.bool)

    def run(i):
        torch.manual_seed(SEED)
        write(model, {"tok_rgb@224": dict(tensor=ids, input_mask=no, target_mask=~no), "caption": prompt(tokens)}, "caption", tokens, 0.3)
        return work.encode(197) + sum(work.decode(197, n) + n * 30000 * work.d for n in range(1, tokens + 1))
    return run


CASES = {"train_%s_b%d" % (s, b): (s, training, b) for s, b in (("tiny", 1), ("tiny", 8), ("tiny", 32), ("base", 1), ("base", 4))}
CASES.update({"maskgit_%s_%d" % (s, n): (s, picture, n) for s in SIZES for n in (8, 25)})
CASES.update({"ar_" + s: (s, caption, 63) for s in SIZES})


def timed(name, reps):
    size, prepare, option = CASES[name]
    dim, depth = SIZES[size]
    torch.manual_seed(SEED)
    model = FourM(DOMAINS, list(DOMAINS), [n for n in DOMAINS if n != "rgb@224"], dim, dim // 64, depth, depth)
    run = prepare(model, Work(dim, depth), option)
    seconds, macs = [], 0

    def one(i):
        began = time.perf_counter()
        worth = run(i)
        return time.perf_counter() - began, worth
    with contextlib.nullcontext() if prepare is training else torch.no_grad():
        i, spent = 0, 0.0
        while i == 0 or spent < 1:  # warm-up: a repetition and a second at least
            spent += one(i)[0]
            i += 1
        for i in range(reps):
            s, worth = one(i)
            seconds.append(s)
            macs += worth
    status = open("/proc/self/status").read()
    return dict(case=name, seconds=dict(median=float(np.median(seconds)), best=min(seconds), all=seconds), gflop=2 * float(macs) / reps / 1e9,
                peak_rss_mb=int(re.search(r"VmHWM:\s*(\d+)", status)[1]) * 1024 / 1e6, threads=torch.get_num_threads())


def machinery():
    """What this process runs on, the BLAS that is really loaded included."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    loaded = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
    blas = sorted(p for p in loaded if re.search(r"blas|blis|mkl|lapack|gomp|omp5", os.path.basename(p)))
    config = torch.__config__.show()
    used = re.search(r"CPU capability usage: (\S+)", config)
    return "torch %s, %d threads, %s\nlibraries: %s" % (torch.__version__, torch.get_num_threads(), used[1] if used else "?", " ".join(blas))


# Check ----------------------------------------------------------------------


def tensors(path):
    """Reads a safetensors file."""
    with open(path, "rb") as f:
        b = f.read()
    n = struct.unpack("<Q", b[:8])[0]
    kinds = {"F32": np.float32, "I64": np.int64, "I32": np.int32, "I16": np.int16, "BOOL": np.bool_, "U8": np.uint8}
    out = {}
    for name, e in json.loads(b[8:8 + n]).items():
        if name != "__metadata__":
            lo, hi = e["data_offsets"]
            out[name] = torch.from_numpy(np.frombuffer(b[8 + n + lo:8 + n + hi], kinds[e["dtype"]]).reshape(e["shape"]).copy())
    return out


def described(folder):
    """The model of a recorded case, with its weights."""
    c = json.load(open(os.path.join(folder, "config.json")))
    a = c["arch"]
    strange = [k for k in ("qkv_bias", "proj_bias", "mlp_bias", "qk_norm", "decoder_causal_mask", "num_register_tokens") if a[k]]
    if strange or not a["gated_mlp"] or a["act_layer"] != "SiLU" or a["mlp_ratio"] != 4 or not a["share_modality_embeddings"]:
        raise SystemExit("this program has the published variant only (swiglu, no bias): %s" % folder)
    domains = {}
    for name, m in c["modalities"].items():
        d = dict(kind=m["kind"], vocab=m.get("vocab_size", 0), size=m["max_tokens"])
        if m["kind"] == "seq":
            d.update(length=m["max_length"], table=m["max_sincos_pos_emb"])
        else:
            d.update(patch=m["patch_size"], grid=[s // m["patch_size"] for s in m["image_size"]])
        domains[name] = d
    model = FourM(domains, [n for n in c["mod_dict_order"] if n in c["domains_in"]], c["domains_out"], a["dim"], a["num_heads"], a["encoder_depth"],
                  a["decoder_depth"], c["share_embedding"])
    state = tensors(os.path.join(folder, "model.safetensors"))
    zeros = [n for n in state if re.search(r"norm\d?\.bias$", n) and not state[n].any()]
    model.load_state_dict({n: t for n, t in state.items() if n not in zeros})
    return model, c


def check(folder):
    """Compares losses, gradients and all that lies on the way; gives the number
    of tensors that differ by more than the recorded tolerance."""
    model, c = described(folder)
    batch = {}
    for name, t in tensors(os.path.join(folder, "inputs.safetensors")).items():
        mod, key = name.rsplit(".", 1)
        batch.setdefault(mod, {})[key] = t if t.is_floating_point() or t.dtype == torch.bool else t.long()
    for d in batch.values():
        d.update({k: d[k].flatten(1) for k in KEYS[1:]})
    want = tensors(os.path.join(folder, "expected.safetensors"))
    noise = {}
    if os.path.exists(os.path.join(folder, "noise.json")):
        noise = json.load(open(os.path.join(folder, "noise.json"))).get("recommended_abs_tol", {})
    worst, bad, compared = {}, 0, set()

    def compare(group, name, got, ref, part):
        nonlocal bad
        if got.shape != ref.shape:
            raise SystemExit("%s has shape %s, expected %s" % (name, list(got.shape), list(ref.shape)))
        diff, top = float((got.double() - ref.double()).abs().max()), float(ref.double().abs().max())
        exact = not ref.is_floating_point()
        tol = 0.0 if exact else noise.get(part, {}).get(name) or max((5e-5 if part != "forward" else 2e-5) * top, 1e-12)
        n, far, most = worst.get(group, (0, 0.0, 0.0))
        worst[group] = (n + 1, max(far, diff / top if top else diff), max(most, diff / tol if tol else (0.0 if diff == 0 else math.inf)))
        bad += not diff <= tol
        compared.add((part, name))

    n, m = c["num_encoder_tokens"], c["num_decoder_tokens"]
    for kind in ("mod", "token"):
        sides = {}
        loss, losses = model(batch, n, m, c["decoder_modality_order"], kind, sides)
        if kind == "mod":
            ids = {i: c["modalities"][name]["id"] for name, i in model.number.items()}
            for key in ("encoder_mod_mask", "decoder_mod_mask"):
                sides[key] = sides[key].clone().apply_(lambda i: ids.get(i, -1)).to(torch.int16)
            for name, emb in model.decoder_embeddings.items():
                sides["logits." + name] = emb.to_logits(sides["decoder_output"])
            for name, t in sides.items():
                if name in want:
                    compare("logits" if name.startswith("logits.") else name, name, t.detach(), want[name], "forward")
        for name, v in [("loss." + kind, loss)] + [(kind + "_loss." + k, v) for k, v in losses.items()]:
            if name in want:
                compare("losses", name, v.detach().reshape(want[name].shape), want[name], "forward")
        path = os.path.join(folder, "grads_%s.safetensors" % kind)
        if os.path.exists(path):
            model.zero_grad(set_to_none=True)
            loss.backward()
            grads = tensors(path)
            for name, p in model.named_parameters():
                got = torch.zeros_like(p) if p.grad is None else p.grad
                compare("gradients of loss " + kind, name, got, grads.pop(name, torch.zeros_like(p)), "grads." + kind)
            if any(g.any() for g in grads.values()):
                raise SystemExit("no such parameters: %s" % ", ".join(sorted(grads)))
    for group, (k, far, most) in worst.items():
        print("%-26s %3d tensors  largest difference %.1e of the largest entry, %.3f of what is allowed" % (group, k, far, most))
    left = sorted(name for name in want if ("forward", name) not in compared)
    print("%d tensors, %d differ%s" % (len(compared), bad, "; not compared: " + ", ".join(left) if left else ""))
    return bad + len(left)


def main():
    if args.check:
        torch.manual_seed(SEED)
        sys.exit(1 if check(args.check) else 0)
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
