"""Does the model compute 4M? Recorded cases of the official code say so: their
weights and inputs, and what came out."""
import json
import math
import os
import re
import struct

import numpy as np
import torch

from .generate import follow, look, visible
from .inputs import KEYS
from .model import FourM


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
    """The model of a recorded case, with its weights, and its description."""
    c = json.load(open(os.path.join(folder, "config.json")))
    a = c["arch"]
    strange = [k for k in ("qkv_bias", "proj_bias", "mlp_bias", "qk_norm", "decoder_causal_mask", "num_register_tokens") if a[k]]
    if strange or not a["gated_mlp"] or a["act_layer"] != "SiLU" or a["mlp_ratio"] != 4 or not a["share_modality_embeddings"]:
        raise SystemExit("%s: this program has the published variant only (swiglu, no bias)" % folder)
    domains = {}
    for name, m in c["modalities"].items():
        d = dict(kind=m["kind"], vocab=m.get("vocab_size", 0), size=m["max_tokens"])
        if m["kind"] == "seq":
            d.update(length=m["max_length"], table=m["max_sincos_pos_emb"])
        else:
            d.update(patch=m["patch_size"], grid=[s // m["patch_size"] for s in m["image_size"]])
        domains[name] = d
    inputs = [n for n in c.get("mod_dict_order", c["domains_in"]) if n in c["domains_in"]]
    model = FourM(domains, inputs, c["domains_out"], a["dim"], a["num_heads"], a["encoder_depth"], a["decoder_depth"], c["share_embedding"])
    state = tensors(os.path.join(folder, "model.safetensors"))
    zeros = [n for n in state if re.search(r"norm\d?\.bias$", n) and not state[n].any()]
    model.load_state_dict({n: t for n, t in state.items() if n not in zeros})
    return model, c


class Report:
    """Largest differences by group of tensors."""

    def __init__(self):
        self.groups, self.bad, self.n = {}, 0, 0

    def compare(self, group, name, got, want, tol):
        """tol is absolute; whole numbers must be equal."""
        if got.shape != want.shape:
            raise SystemExit("%s has shape %s, expected %s" % (name, list(got.shape), list(want.shape)))
        diff, top = float((got.double() - want.double()).abs().max()), float(want.double().abs().max())
        tol = tol if want.is_floating_point() else 0.0
        n, far, most = self.groups.get(group, (0, 0.0, 0.0))
        self.groups[group] = (n + 1, max(far, diff / top if top else diff), max(most, diff / tol if tol else (0.0 if diff == 0 else math.inf)))
        self.bad += not diff <= tol
        self.n += 1


def forward(folder, report):
    """Losses, gradients and all that lies on the way through the model."""
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

    def allowed(part, name, t, share):
        return noise.get(part, {}).get(name) or max(share * float(t.double().abs().max()), 1e-12)

    for kind in ("mod", "token"):
        found = {}
        loss, losses = model(batch, c["num_encoder_tokens"], c["num_decoder_tokens"], c["decoder_modality_order"], kind, found)
        ids = {i: c["modalities"][name]["id"] for name, i in model.number.items()}
        for key in ("encoder_mod_mask", "decoder_mod_mask"):
            found[key] = found[key].clone().apply_(lambda i: ids.get(i, -1)).to(torch.int16)
        for name, emb in model.decoder_embeddings.items():
            found["logits." + name] = emb.to_logits(found["decoder_output"])
        found["loss." + kind] = loss
        found.update({kind + "_loss." + name: v for name, v in losses.items()})
        for name in [n for n in found if n in want]:
            w = want.pop(name)
            report.compare(re.sub(r".*(logits|loss)\b.*", r"\1", name), name, found[name].detach().reshape(w.shape), w, allowed("forward", name, w, 2e-5))
        path = os.path.join(folder, "grads_%s.safetensors" % kind)
        if os.path.exists(path):
            model.zero_grad(set_to_none=True)
            loss.backward()
            grads = tensors(path)
            for name, p in model.named_parameters():
                w = grads.pop(name, torch.zeros_like(p))
                report.compare("gradients of loss " + kind, name, torch.zeros_like(p) if p.grad is None else p.grad, w, allowed("grads." + kind, name, w, 5e-5))
            if any(g.any() for g in grads.values()):
                raise SystemExit("no such parameters: %s" % ", ".join(sorted(grads)))
    if want:
        raise SystemExit("not compared: %s" % ", ".join(sorted(want)))


@torch.no_grad()
def generation(folder, report):
    """What the model says in the first steps of MaskGIT, with and without its
    conditions, and of a text."""
    model, c = described(folder)
    inputs, want = [tensors(os.path.join(folder, f + ".safetensors")) for f in ("inputs", "expected")]
    for case in c["cases"]:
        step, start = case["schedule"][0], case["name"] + ".start."
        if step["scheme"] == "roar" or "multi" in case or len(case["targets"]) > 1:
            continue
        batch = {}
        for name, d in model.domains.items():
            if start + name + ".input_mask" in inputs:
                t = inputs.get(start + name + ".tensor", inputs.get("raw." + name))
                batch[name] = dict(tensor=t if d["kind"] == "rgb" else t.long(), **{k: inputs[start + name + "." + k] for k in KEYS[1:3]})
        target, said = step["target_domain"], []
        if step["scheme"] == "maskgit":
            said.append(look(model, batch, target)[0])
            if step["cfg_scale"] != 1:
                said.append(look(model, emptied(batch, step["cfg_cond_domains"], c), target)[0])
        elif step["cfg_scale"] == 1:
            seen = model.encode(batch, visible(batch))[:2]
            ids = batch[target]["tensor"][~batch[target]["target_mask"]].view(c["batch"], -1)[:, :1]
            for _ in range(2):
                said.append(follow(model, target, ids, *seen))
                ids = torch.cat([ids, said[-1][:, -1].argmax(-1, keepdim=True)], 1)
        for i, logits in enumerate(said):
            name = "%s.logits_call%d" % (case["name"], i)
            report.compare("logits of " + case["name"], name, logits.flatten(0, 1), want[name], 20 * case["logits_max_abs_diff_f32_f64"])


def emptied(batch, names, c):
    """The batch without conditions: of a text the first sentinel is left."""
    out = dict(batch)
    for n in names:
        d = {k: t.clone() for k, t in batch[n].items()}
        d["input_mask"][:] = True
        if c["modalities"][n]["kind"] == "seq":
            d["tensor"][:, 0], d["input_mask"][:, 0] = c["tokenizer"]["sentinel_first_id"] + 1, False
        out[n] = d
    return out


def check(folder):
    """Compares with the recorded case of a folder, prints a line a group, and
    gives the number of tensors that differ by more than they may."""
    kinds = {"fm_forward": forward, "fm_generate": generation}
    kind = json.load(open(os.path.join(folder, "config.json"))).get("kind")
    if kind not in kinds:
        raise SystemExit("%s: kind %r, expected %s" % (folder, kind, " or ".join(kinds)))
    report = Report()
    kinds[kind](folder, report)
    for group, (n, far, most) in report.groups.items():
        print("%-34s %3d tensors  largest difference %.1e of the largest entry, %.3f of what is allowed" % (group, n, far, most))
    print("%d tensors, %d differ" % (report.n, report.bad))
    return report.bad
