"""Generation (docs/4m.md, 6.2, 6.3): nothing is kept from one step to the next, a text is
decoded anew for each of its tokens and all of its positions get logits, and
top-p sorts the vocabulary."""
import math

import torch

from .inputs import SENTINEL


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
    """Draws a token a row of (R, V): top-p first, then the temperature (docs/4m.md, 6.3)."""
    if top_p > 0:
        ordered, order = logits.sort(descending=True)
        over = ordered.softmax(-1).cumsum(-1) > top_p
        over = torch.cat([torch.zeros_like(over[:, :1]), over[:, :-1]], 1)  # the token that crosses stays
        logits = logits.masked_fill(torch.zeros_like(over).scatter(1, order, over), -math.inf)
    p = (logits / temp).softmax(-1)
    ids = p.multinomial(1)
    return ids[:, 0], p.gather(1, ids)[:, 0]


def cosine(steps, total):
    """Tokens of each step (docs/4m.md, 6.2)."""
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


def follow(model, name, ids, context, padding):
    """Logits (B, N, V) of what comes behind each of the tokens of a text."""
    emb = model.decoder_embeddings[name]
    x, e = emb(ids, torch.zeros_like(ids, dtype=torch.bool))
    hidden = torch.ones(1, ids.shape[1], ids.shape[1], dtype=torch.bool).triu(1)
    return emb.to_logits(model.decode(x + e, context, hidden, padding))


def write(model, batch, name, n, temp):
    """n tokens of a text, each after those before it."""
    context, padding, _ = model.encode(batch, visible(batch))
    ids = torch.full((1, 1), SENTINEL)
    for _ in range(n):
        logits = follow(model, name, ids, context, padding)
        ids = torch.cat([ids, sample(logits[:, -1], temp)[0][:, None]], 1)
    return ids
