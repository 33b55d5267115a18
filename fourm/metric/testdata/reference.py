"""Makes reference.json: small arrays and what numpy, scipy and scikit-image make
of them, for reference_test.go.

    apt-get install python3-numpy python3-scipy python3-skimage
    /usr/bin/python3 reference.py > reference.json

Box AP is written here from COCO's description alone, by brute force; all else is
the libraries' own or their array arithmetic.
"""
import itertools
import json

import numpy as np
import scipy.linalg
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

r = np.random.default_rng(4)
f32 = lambda x: np.round(x, 4).astype(np.float32)
flat = lambda x: [float(str(v)) for v in np.asarray(x).ravel()]
out = {}


def colours():
    cases = []
    for h, w, c in [(16, 16, 3), (11, 11, 1), (13, 20, 3)]:
        a = f32(r.random((h, w, c)))
        b = f32(np.clip(a + 0.2 * r.standard_normal((h, w, c)), -0.1, 1.1))
        x, y = a.astype(float), b.astype(float)
        ssim = structural_similarity(x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
                                     data_range=1.0, channel_axis=2)
        cases.append(dict(h=h, w=w, c=c, truth=flat(a), guess=flat(b),
                          psnr=peak_signal_noise_ratio(x, y, data_range=1.0), ssim=ssim))
    return cases


def depth():
    cases = []
    for _ in range(3):
        a = f32(r.uniform(0.5, 10, (6, 7)))
        b = f32(a * r.uniform(0.5, 1.9, a.shape))
        a[r.random(a.shape) < 0.2] = 0  # unknown
        b[r.random(a.shape) < 0.1] = 0
        k = a > 0
        x, y = a[k].astype(float), b[k].astype(float)
        with np.errstate(divide="ignore"):
            ratio = np.maximum(x / y, y / x)
        cases.append(dict(h=6, w=7, truth=flat(a), guess=flat(b), rmse=float(np.sqrt(np.mean((x - y) ** 2))),
                          absrel=float(np.mean(np.abs(x - y) / x)),
                          delta=[float(np.mean(ratio < 1.25**k)) for k in (1, 2, 3)]))
    return cases


def normals():
    cases, every = [], []
    for _ in range(3):
        a = r.standard_normal((5, 6, 3))
        b = a + 0.4 * r.standard_normal(a.shape)
        a /= np.linalg.norm(a, axis=-1, keepdims=True)
        a, b = f32(a), f32(b)
        a[r.random((5, 6)) < 0.2] = 0
        b[r.random((5, 6)) < 0.1] = 0
        k = np.linalg.norm(a, axis=-1) > 0
        x, y = a[k].astype(float), b[k].astype(float)
        n = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
        cos = np.divide((x * y).sum(-1), n, out=np.zeros(len(n)), where=n > 0)
        every.append(np.degrees(np.arccos(np.clip(cos, -1, 1))))
        cases.append(dict(h=5, w=6, truth=flat(a), guess=flat(b), cosine=float(cos.mean())))
    e = np.concatenate(every)
    return dict(pictures=cases, mean=float(e.mean()), median=float(np.median(e)),
                within=[float(np.mean(e < d)) for d in (11.25, 22.5, 30)])


def labels():
    cases, n = [], 6
    for _ in range(4):
        a = r.integers(0, 5, (6, 6))
        b = np.where(r.random(a.shape) < 0.6, a, r.integers(0, n, a.shape))
        a[r.random(a.shape) < 0.1] = -1
        cases.append(dict(h=6, w=6, truth=a.ravel().tolist(), guess=b.ravel().tolist()))
    a = np.concatenate([c["truth"] for c in cases])
    b = np.concatenate([c["guess"] for c in cases])
    m = np.histogram2d(a[a >= 0], b[a >= 0], bins=[np.arange(n + 1) - 0.5] * 2)[0]
    union = m.sum(0) + m.sum(1) - np.diag(m)
    iou = np.diag(m)[union > 0] / union[union > 0]
    return dict(pictures=cases, accuracy=float(np.trace(m) / m.sum()), iou=float(iou.mean()),
                classes={str(c): float(m[c, c] / union[c]) for c in range(n) if union[c] > 0})


def iou(p, q):
    w = min(p[2], q[2]) - max(p[0], q[0])
    h = min(p[3], q[3]) - max(p[1], q[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / ((p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - w * h)


def ap(pictures, cls, limit):
    marks, truths = [], 0
    for p in pictures:
        real = [t for t in p["truth"] if t["class"] == cls]
        truths += len(real)
        free = set(range(len(real)))
        for g in sorted((g for g in p["guess"] if g["class"] == cls), key=lambda g: -g["score"]):
            best = max(free, key=lambda i: iou(g["box"], real[i]["box"]), default=None)
            hit = best is not None and iou(g["box"], real[best]["box"]) >= limit
            if hit:
                free.remove(best)
            marks.append((g["score"], hit))
    marks.sort(key=lambda m: -m[0])
    points = []
    for k in range(1, len(marks) + 1):
        hits = sum(h for _, h in marks[:k])
        points.append((hits / truths, hits / k))
    return float(np.mean([max([p for rec, p in points if rec >= t], default=0.0) for t in np.linspace(0, 1, 101)]))


def boxes():
    pictures = []

    def box():
        lo = r.uniform(0, 0.6, 2)
        return [float(v) for v in np.round(np.concatenate([lo, lo + r.uniform(0.15, 0.4, 2)]), 3)]

    for _ in range(8):
        truth = [{"class": str(r.choice(["ball", "cone", "ring"])), "box": box()} for _ in range(r.integers(1, 5))]
        guess = []
        for t in truth:
            if r.random() < 0.8:
                b = [float(v) for v in np.round(np.array(t["box"]) + 0.025 * r.standard_normal(4), 3)]
                guess.append({"class": t["class"] if r.random() < 0.85 else "can", "box": b, "score": float(np.round(r.uniform(0.1, 1), 3))})
            if r.random() < 0.4:
                guess.append({"class": t["class"], "box": box(), "score": float(np.round(r.uniform(0.1, 1), 3))})
        pictures.append({"truth": truth, "guess": guess})
    names = ["ball", "cone", "ring"]
    at = lambda c, ls: float(np.mean([ap(pictures, c, l) for l in ls]))
    limits = [0.5 + 0.05 * k for k in range(10)]
    return dict(pictures=pictures, ap50=float(np.mean([at(c, [0.5]) for c in names])),
                ap=float(np.mean([at(c, limits) for c in names])), classes={c: at(c, limits) for c in names})


def palettes():
    def table(a, b):
        lab = lambda p: rgb2lab(np.array(p, float).reshape(1, -1, 3) / 255)[0]
        return np.array([[float(deltaE_ciede2000(x, y)) for y in lab(b)] for x in lab(a)])

    cases = []
    for n, m in [(1, 1), (7, 7), (5, 3), (2, 6), (7, 4)]:
        a, b = r.integers(0, 256, (n, 3)).tolist(), r.integers(0, 256, (m, 3)).tolist()
        t = np.full((max(n, m),) * 2, 100.0)
        t[:n, :m] = table(a, b)
        least = min(sum(t[i, j] for i, j in enumerate(p)) for p in itertools.permutations(range(len(t))))
        cases.append(dict(truth=a, guess=b, delta=least / len(t)))
    for a, b in [((255, 0, 0), (0, 255, 0)), ((0, 0, 0), (255, 255, 255)), ((10, 20, 200), (10, 30, 190)), ((128, 128, 128), (128, 128, 130))]:
        cases.append(dict(truth=[a], guess=[b], delta=float(table([a], [b])[0, 0])))
    return cases


def features():
    a = np.round(r.standard_normal((40, 6)) @ r.standard_normal((6, 6)), 4)
    b = np.round(r.standard_normal((30, 6)) @ r.standard_normal((6, 6)) + 0.5, 4)
    d = a.mean(0) - b.mean(0)
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    fd = d @ d + np.trace(ca + cb - 2 * scipy.linalg.sqrtm(ca @ cb).real)
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    off = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return dict(truth=a.tolist(), guess=b.tolist(), frechet=float(fd), kid=float(off(k(a, a)) + off(k(b, b)) - 2 * k(a, b).mean()))


for name in ("colours", "depth", "normals", "labels", "boxes", "palettes", "features"):
    out[name] = globals()[name]()
print("{" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in out.items()) + "}")
