"""Writes cases of kind vqvae, computed by PyTorch from the definitions of
docs/4m.md, 2.2 and 2.3, one folder each, into the folder that is named."""

import json
import math
import os
import struct
import sys

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def save(path, tensors):
    header, data, at = {}, [], 0
    for name, t in tensors.items():
        b = t.detach().contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[t.dtype]
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [at, at + len(b)]}
        at += len(b)
        data.append(b)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + b"".join(data))


def pair(x):
    return (x, x) if isinstance(x, int) else tuple(x)


DEFAULTS = dict(image_size=32, image_size_enc=None, image_size_dec=None, n_channels=3, n_labels=None, enc_type="vit_x", dec_type="vit_x",
                patch_size=8, patch_size_dec=None, patch_proj=True, post_mlp=False, out_conv=False, undo_std=False, freeze_enc=False,
                quant_type="lucid", codebook_size=64, num_codebooks=1, latent_dim=8, norm_codes=True, norm_latents=False, ema_decay=0.99,
                commitment_weight=1.0, threshold_ema_dead_code=0.0, sync_codebook=False)
VIT = dict(dim_tokens=32, depth=2, num_heads=4, mlp_ratio=4.0, qkv_bias=True)


class Tokenizer:
    def __init__(self, config, vit):
        self.c, self.vit, self.p, self.buffers = {**DEFAULTS, **config}, vit, {}, {}
        c = self.c
        latent, books, codes = c["latent_dim"], c["num_codebooks"], c["codebook_size"]
        if c["n_labels"]:
            self.param("cls_emb.weight", c["n_labels"], c["n_channels"])
        self.side("encoder", c["enc_type"], c["n_channels"], None, c["patch_size"], c["image_size_enc"] or c["image_size"])
        self.linear("quant_proj", latent, self.width(c["enc_type"]), kernel=(1, 1))
        if c["quant_type"] == "memcodes":
            d = latent // books
            self.param("quantize.codes", books, codes, d)
            self.param("quantize.to_k.weight", books, d, d)
            self.param("quantize.to_v.weight", books, d, d)
        else:
            if books > 1:
                self.linear("quantize.project_in", books * latent, latent)
                self.linear("quantize.project_out", latent, books * latent)
            book = torch.randn(codes, latent)
            if c["norm_codes"]:
                book = F.normalize(book, dim=-1) * (0.6 + 0.4 * torch.rand(codes, 1))
            else:
                self.buffers["quantize._codebook.embed_avg"] = book * torch.rand(codes, 1)
            self.buffers.update({"quantize._codebook.initted": torch.ones(1), "quantize._codebook.cluster_size": 3 * torch.rand(codes),
                                 "quantize._codebook.embed": book})
        self.linear("post_quant_proj", self.width(c["dec_type"]), latent, kernel=(1, 1))
        self.side("decoder", c["dec_type"], None, c["n_labels"] or c["n_channels"], c["patch_size_dec"] or c["patch_size"],
                  c["image_size_dec"] or c["image_size"])

    def param(self, name, *shape, scale=1.0):
        self.p[name] = (torch.randn(*shape) * scale).requires_grad_(True)

    def linear(self, name, out, into, kernel=(), bias=True):
        self.param(name + ".weight", out, into, *kernel, scale=1 / math.sqrt(into * math.prod(kernel)))
        if bias:
            self.param(name + ".bias", out, scale=0.1)

    def norm(self, name, d):
        self.param(name + ".weight", d, scale=0.2)
        self.p[name + ".weight"].data.add_(1)
        self.param(name + ".bias", d, scale=0.1)

    def width(self, kind):
        return self.vit["dim_tokens"] if "vit" in kind else int(kind.split("-")[1].split("_")[1])

    def side(self, side, kind, into, out, patch, size):
        d = self.width(kind)
        if "vit" not in kind:
            parts = [int(x.split("_")[1]) for x in kind.split("/")[1].split("-")]
            hidden = d * (parts[2] if len(parts) > 2 else 4)
            self.linear(side + ".linear_in", d, into or d)
            for i in range(parts[0] - kind.startswith("MLP")):
                if kind.startswith("MLP"):
                    self.linear(f"{side}.layers.{i}", d, d)
                else:
                    self.linear(f"{side}.blocks.{i}.block.0", hidden, d)
                    self.linear(f"{side}.blocks.{i}.block.2", d, hidden)
                self.norm(f"{side}.layernorms.{i}", d)
            self.linear(side + ".linear_out", out or d, d)
            return
        patch, size = pair(patch), pair(size)
        rows, cols = size[0] // patch[0], size[1] // patch[1]
        # the table's cells are numbered by columns, those of the grid by rows
        across, down = torch.meshgrid(torch.arange(cols).float(), torch.arange(rows).float(), indexing="ij")
        wave = 1 / (10000 ** (torch.arange(d // 4).float() / (d // 4)))
        a, b = across.flatten()[:, None] * wave, down.flatten()[:, None] * wave
        self.buffers[side + ".pos_emb"] = torch.cat([a.sin(), a.cos(), b.sin(), b.cos()], 1).t().reshape(1, d, rows, cols).contiguous()
        pixels = patch if self.c["patch_proj"] else (1, 1)
        hidden = int(d * self.vit["mlp_ratio"])
        if side == "encoder":
            self.linear("encoder.proj", d, into, kernel=pixels)
        for i in range(self.vit["depth"]):
            pre = f"{side}.blocks.{i}."
            self.norm(pre + "norm1", d)
            self.linear(pre + "attn.qkv", 3 * d, d, bias=self.vit["qkv_bias"])
            self.linear(pre + "attn.proj", d, d)
            self.norm(pre + "norm2", d)
            self.linear(pre + "mlp.fc1", hidden, d)
            self.linear(pre + "mlp.fc2", d, hidden)
        if self.c["post_mlp"]:
            self.norm(side + ".norm_mlp", d)
            self.linear(side + ".post_mlp.fc1", hidden, d)
            self.linear(side + ".post_mlp.fc2", d, hidden)
        if side == "decoder":
            self.linear("decoder.out_proj", out * pixels[0] * pixels[1], d)
            for i in range(2 if self.c["out_conv"] else 0):
                pre = f"decoder.out_conv.{i}."
                self.param(pre + "gamma", out)
                self.param(pre + "dwconv.weight", out, 1, 7, 7, scale=1 / 7)
                self.param(pre + "dwconv.bias", out, scale=0.1)
                self.norm(pre + "norm", out)
                self.linear(pre + "pwconv1", 4 * out, out)
                self.linear(pre + "pwconv2", out, 4 * out)

    def L(self, x, name):
        return F.linear(x, self.p[name + ".weight"].flatten(1), self.p.get(name + ".bias"))

    def N(self, x, name, eps=1e-6):
        return F.layer_norm(x, x.shape[-1:], self.p[name + ".weight"], self.p[name + ".bias"], eps)

    def transformer(self, x, side):
        """x is (B, D, rows, cols), and so is the result."""
        b, d, rows, cols = x.shape
        heads = self.vit["num_heads"]
        x = x + F.interpolate(self.buffers[side + ".pos_emb"], size=(rows, cols), mode="bicubic", align_corners=False)
        x = x.flatten(2).transpose(1, 2)
        for i in range(self.vit["depth"]):
            pre = f"{side}.blocks.{i}."
            q, k, v = self.L(self.N(x, pre + "norm1"), pre + "attn.qkv").reshape(b, -1, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
            y = (q @ k.transpose(-1, -2) / math.sqrt(d // heads)).softmax(-1) @ v
            x = x + self.L(y.transpose(1, 2).reshape(b, -1, d), pre + "attn.proj")
            x = x + self.L(F.gelu(self.L(self.N(x, pre + "norm2"), pre + "mlp.fc1")), pre + "mlp.fc2")
        if self.c["post_mlp"]:
            x = x + self.L(torch.tanh(self.L(self.N(x, side + ".norm_mlp"), side + ".post_mlp.fc1")), side + ".post_mlp.fc2")
        return x.transpose(1, 2).reshape(b, d, rows, cols)

    def pointwise(self, x, side, kind):
        x = self.L(x.permute(0, 2, 3, 1), side + ".linear_in")
        i = 0
        while f"{side}.layernorms.{i}.weight" in self.p:
            y = self.N(x, f"{side}.layernorms.{i}", 1e-5)
            if kind.startswith("MLP"):
                x = self.L(y, f"{side}.layers.{i}")
            else:
                x = x + self.L(F.gelu(self.L(y, f"{side}.blocks.{i}.block.0")), f"{side}.blocks.{i}.block.2")
            i += 1
        return self.L(x, side + ".linear_out").permute(0, 3, 1, 2)

    def prepare(self, x):
        if self.c["undo_std"]:
            mean, dev = (torch.tensor(v)[:, None, None] for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
            x = 2 * (x * dev + mean) - 1
        if self.c["n_labels"]:
            x = F.embedding(x, self.p["cls_emb.weight"]).permute(0, 3, 1, 2)
        return x

    def encode(self, x):
        if "vit" not in self.c["enc_type"]:
            return self.pointwise(x, "encoder", self.c["enc_type"])
        stride = pair(self.c["patch_size"]) if self.c["patch_proj"] else (1, 1)
        return self.transformer(F.conv2d(x, self.p["encoder.proj.weight"], self.p["encoder.proj.bias"], stride=stride), "encoder")

    def latents(self, x):
        return F.conv2d(x, self.p["quant_proj.weight"], self.p["quant_proj.bias"])

    def quantize(self, z, train=False):
        """Gives what the decoder sees, the loss, and code numbers (B, books, rows, cols)."""
        c = self.c
        b, d, rows, cols = z.shape
        books = c["num_codebooks"]
        x = z.permute(0, 2, 3, 1)
        if c["quant_type"] == "memcodes":
            key = torch.einsum("hnd,hdc->hnc", self.p["quantize.codes"], self.p["quantize.to_k.weight"])
            value = torch.einsum("hnd,hdc->hnc", self.p["quantize.codes"], self.p["quantize.to_v.weight"])
            score = torch.einsum("bijhd,hnd->bijhn", x.reshape(b, rows, cols, books, -1) * (d // books) ** -0.5, key)
            ids = score.argmax(-1)
            out = torch.stack([value[h][ids[..., h]] for h in range(books)], 3).flatten(3)
            return out.permute(0, 3, 1, 2), torch.zeros(1), ids.permute(0, 3, 1, 2)
        if books > 1:
            x = self.L(x, "quantize.project_in")
        x = x.reshape(b, rows, cols, books, d)
        if c["norm_latents"]:
            x = F.normalize(x, dim=-1)
        book = self.buffers["quantize._codebook.embed"]
        flat = x.reshape(-1, d)
        if c["norm_codes"]:
            flat = F.normalize(flat, dim=-1)
            score = flat @ F.normalize(book, dim=-1).t()
        else:
            score = -(flat.pow(2).sum(1, keepdim=True) - 2 * flat @ book.t() + book.pow(2).sum(1))
        ids = score.argmax(-1)
        q, loss = book[ids].reshape(x.shape), torch.zeros(1)
        if train:
            self.average(flat.detach(), ids)
            q = x + (q - x).detach()
            loss = c["commitment_weight"] * F.mse_loss(q.detach(), x).reshape(1)
        q = q.reshape(b, rows, cols, -1)
        if books > 1:
            q = self.L(q, "quantize.project_out")
        return q.permute(0, 3, 1, 2), loss, ids.reshape(b, rows, cols, books).permute(0, 3, 1, 2)

    def average(self, flat, ids):
        decay, codes = self.c["ema_decay"], self.c["codebook_size"]
        one = F.one_hot(ids, codes).float()
        count, total = one.sum(0), one.t() @ flat
        book, size = self.buffers["quantize._codebook.embed"], self.buffers["quantize._codebook.cluster_size"]
        size = decay * size + (1 - decay) * count
        after = {"cluster_size": size}
        if self.c["norm_codes"]:
            mean = F.normalize(total / count.clamp(min=1)[:, None], dim=-1)
            after["embed"] = decay * book + (1 - decay) * torch.where((count == 0)[:, None], F.normalize(book, dim=-1), mean)
        else:
            after["embed_avg"] = decay * self.buffers["quantize._codebook.embed_avg"] + (1 - decay) * total
            after["embed"] = after["embed_avg"] / ((size + 1e-5) / (size.sum() + codes * 1e-5) * size.sum())[:, None]
        self.after = {"after.quantize._codebook." + k: v for k, v in after.items()}

    def decode(self, q):
        c = self.c
        x = F.conv2d(q, self.p["post_quant_proj.weight"], self.p["post_quant_proj.bias"])
        if "vit" not in c["dec_type"]:
            return self.pointwise(x, "decoder", c["dec_type"])
        x = self.L(self.transformer(x, "decoder").permute(0, 2, 3, 1), "decoder.out_proj")
        h, w = pair(c["patch_size_dec"] or c["patch_size"]) if c["patch_proj"] else (1, 1)
        b, rows, cols, _ = x.shape
        x = x.reshape(b, rows, cols, -1, h, w).permute(0, 3, 1, 4, 2, 5).reshape(b, -1, rows * h, cols * w)
        for i in range(2 if c["out_conv"] else 0):
            pre = f"decoder.out_conv.{i}."
            y = F.conv2d(x, self.p[pre + "dwconv.weight"], self.p[pre + "dwconv.bias"], padding=3, groups=x.shape[1]).permute(0, 2, 3, 1)
            y = self.L(F.gelu(self.L(self.N(y, pre + "norm"), pre + "pwconv1")), pre + "pwconv2") * self.p[pre + "gamma"]
            x = x + y.permute(0, 3, 1, 2)
        return x


LOSSES = {"mse": F.mse_loss, "smooth_l1": F.smooth_l1_loss, "ce": F.cross_entropy}


def case(name, seed, inputs, loss=None, weight=1.0, vit=None, **config):
    torch.manual_seed(seed)
    vit = {**VIT, **(vit or {})}
    t = Tokenizer(config, vit)
    c = t.c
    books = lambda ids: ids if c["num_codebooks"] > 1 else ids[:, 0]
    xs, want = {}, {}
    for tag, shape in inputs.items():
        x = torch.randint(0, c["n_labels"], shape) if c["n_labels"] else torch.randn(*shape)
        xs[tag + ".x"] = x
        with torch.no_grad():
            prepared = t.prepare(x)
            encoded = t.encode(prepared)
            z = t.latents(encoded)
            q, _, ids = t.quantize(z)
            parts = {"prepared_input": prepared, "encoder_output": encoded, "latents": z, "quant": q, "tokens": books(ids), "decoded": t.decode(q)}
        want.update({f"{tag}.{part}": v for part, v in parts.items()})
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder)
    said = {"kind": "vqvae", "class": "VQVAE", "kwargs": {k: v for k, v in c.items() if v is not None}, "vit": vit}
    if loss:
        x = next(iter(xs.values()))
        q, own, _ = t.quantize(t.latents(t.encode(t.prepare(x))), train=not c["freeze_enc"])
        if c["freeze_enc"]:
            q, t.after = q.detach(), {}
        reconstruction = LOSSES[loss](t.decode(q), x)
        (reconstruction + weight * own).sum().backward()
        step = {"grads." + k: v.grad for k, v in t.p.items() if v.grad is not None}
        step.update({"loss": reconstruction + weight * own, "reconstruction_loss": reconstruction.reshape(1), "code_loss": own, **t.after})
        save(folder + "/train_step.safetensors", step)
        said["train_step"] = {"input": next(iter(xs)), "loss": f"{loss}(decoded, x) + {weight} * code_loss"}
    with open(folder + "/config.json", "w") as f:
        json.dump(said, f)
    save(folder + "/inputs.safetensors", xs)
    save(folder + "/expected.safetensors", want)
    save(folder + "/model.safetensors", {**t.p, **t.buffers})


mlp = dict(patch_proj=False, enc_type="BottleneckMLP/B_3-Wi_64", dec_type="BottleneckMLP/B_3-Wi_64")
case("oblong", 1, {"a": (2, 3, 32, 48), "b": (1, 3, 40, 20), "c": (1, 3, 8, 4)}, "mse", image_size=[32, 48], patch_size=[8, 4], post_mlp=True, latent_dim=6)
case("convolutions", 2, {"a": (2, 5, 32, 32)}, "smooth_l1", n_channels=5, post_mlp=True, out_conv=True, vit=dict(dim_tokens=24, num_heads=3))
case("classes", 23, {"a": (2, 24, 24), "b": (1, 12, 30)}, "ce", image_size=24, n_channels=7, n_labels=13, patch_size=6, codebook_size=300, vit=dict(mlp_ratio=3.0))
case("classes_convolutions", 13, {"a": (2, 24, 24)}, "ce", image_size=24, n_channels=7, n_labels=5, patch_size=6, out_conv=True, norm_codes=False)
case("heads", 4, {"a": (2, 3, 32, 32)}, "mse", num_codebooks=3, norm_latents=True, ema_decay=0.8, commitment_weight=0.25)
case("euclidean", 5, {"a": (2, 3, 32, 32), "b": (2, 3, 64, 64)}, "smooth_l1", norm_codes=False, norm_latents=True, vit=dict(qkv_bias=False, depth=1))
case("two_patches", 6, {"a": (2, 3, 32, 32), "b": (2, 3, 24, 64)}, patch_size_dec=4, image_size_enc=64, image_size_dec=16)
case("features", 7, {"a": (2, 33, 4, 4), "b": (1, 33, 9, 2)}, "smooth_l1", image_size=56, patch_size=14, patch_proj=False, n_channels=33, norm_codes=False)
case("mlps", 8, {"a": (5, 19, 1, 1), "b": (2, 19, 3, 2)}, "mse", n_channels=19, patch_proj=False, latent_dim=12, enc_type="MLP/B_3-Wi_24",
     dec_type="BottleneckMLP/B_2-Wi_16-E_2")
case("poses", 9, {"a": (5, 207, 1, 1)}, n_channels=207, quant_type="memcodes", num_codebooks=4, codebook_size=100, latent_dim=64, **mlp)
case("one_book", 10, {"a": (2, 3, 32, 32)}, quant_type="memcodes", codebook_size=100, latent_dim=16)
case("books_on_a_grid", 11, {"a": (2, 3, 32, 32)}, quant_type="memcodes", num_codebooks=2, codebook_size=100, latent_dim=16, undo_std=True)
case("frozen", 31, {"a": (2, 3, 32, 32)}, "mse", freeze_enc=True)
case("weighed", 32, {"a": (2, 3, 32, 32)}, "mse", weight=0.25, commitment_weight=0.5)
