"""The tokenizer of pictures: a ViT, a cosine codebook of which all distances are
made, and a ViT back (docs/4m.md, 2.2 and 2.3). Modules and parameters have the
official names."""
import torch
import torch.nn.functional as F
from torch import nn

from .model import attend, heads


class Attention(nn.Module):
    def __init__(self, dim, h):
        super().__init__()
        self.h, self.qkv, self.proj = h, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        q, k, v = heads(self.qkv(x), 3, self.h)
        return self.proj(attend(q, k, v, None))


class MLP(nn.Module):
    def __init__(self, dim, act):
        super().__init__()
        self.fc1, self.fc2, self.act = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim), act

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, dim, h):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(dim, eps=1e-6), Attention(dim, h)
        self.norm2, self.mlp = nn.LayerNorm(dim, eps=1e-6), MLP(dim, F.gelu)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Side(nn.Module):
    """The blocks of either side, between patches and latents."""

    def __init__(self, dim, depth, h, grid):
        super().__init__()
        self.pos_emb = nn.Parameter(torch.zeros(1, dim, grid, grid), requires_grad=False)
        self.blocks = nn.ModuleList([Block(dim, h) for _ in range(depth)])
        self.norm_mlp, self.post_mlp = nn.LayerNorm(dim, eps=1e-6), MLP(dim, torch.tanh)

    def forward(self, x):
        """x (B, D, rows, cols), and so is what comes out."""
        shape = x.shape
        x = (x + self.pos_emb).flatten(2).transpose(1, 2)
        for b in self.blocks:
            x = b(x)
        x = x + self.post_mlp(self.norm_mlp(x))
        return x.transpose(1, 2).reshape(shape)


class Tokenizer(nn.Module):
    def __init__(self, size=224, patch=16, dim=768, depth=12, h=12, codes=16384, latent=32):
        super().__init__()
        self.patch = patch
        self.proj = nn.Conv2d(3, dim, patch, patch)
        self.encoder, self.decoder = Side(dim, depth, h, size // patch), Side(dim, depth, h, size // patch)
        self.quant_proj, self.post_quant_proj = nn.Conv2d(dim, latent, 1), nn.Conv2d(latent, dim, 1)
        self.embed = nn.Parameter(torch.randn(codes, latent), requires_grad=False)
        self.out_proj = nn.Linear(dim, 3 * patch * patch)

    def encode(self, x):
        z = self.quant_proj(self.encoder(self.proj(x)))
        flat = F.normalize(z.permute(0, 2, 3, 1), dim=-1)
        return (flat @ F.normalize(self.embed, dim=-1).t()).argmax(-1)

    def decode(self, ids):
        x = self.post_quant_proj(self.embed[ids].permute(0, 3, 1, 2))
        x = self.out_proj(self.decoder(x).permute(0, 2, 3, 1))
        b, rows, cols, _ = x.shape
        p = self.patch
        return x.view(b, rows, cols, 3, p, p).permute(0, 3, 1, 4, 2, 5).reshape(b, 3, rows * p, cols * p)
