"""The model: every domain is embedded whole and the tokens in use are gathered
from it (docs/4m.md, 4.6), attention is a product, a softmax and a product
(docs/4m.md, 4.2), gradients of tables are dense.

Modules and parameters have the official names, so that weights load."""
import math

import torch
import torch.nn.functional as F
from torch import nn


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
    """(N,) to (N, dim): sines, then cosines (docs/4m.md, 4.4)."""
    a = positions[:, None] * 10000.0 ** (-torch.arange(dim // 2, dtype=torch.float64) / (dim // 2))
    return torch.cat([a.sin(), a.cos()], 1)


class Embedding(nn.Module):
    """One domain on one side: contents, and position plus modality (docs/4m.md, 4.3)."""

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
        token, texts by the token before (docs/4m.md, 4.6)."""
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
        if sides is not None:
            sides.update(way, decoder_tokens=x, decoder_emb=e, decoder_mask=unused[:, None], target_ids=ids, decoder_mod_mask=mods,
                         decoder_attention_mask=hidden, decoder_output=y)
        return sum(losses[n] * (weights[n] / sum(weights.values())) for n in losses), losses
