package metric

// Boxes, as COCO counts them.

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

const (
	unknownBoxes = "no box is crowd or to be ignored: every true box is one to be found; a missing prediction has no boxes; classes without a true box are left out, and what is predicted of them"
	coco         = "Lin et al., Microsoft COCO, arXiv 1405.0312; the rules of its evaluation, cocodataset.org/#detection-eval"
)

// BoxAP50 is average precision at an intersection over union of 0.5 or more, the
// mean over classes. See BoxAP.
var BoxAP50 = boxMetric(Metric{Name: "box AP@0.5", text: "AP@0.5 %.3f"}, 1)

// BoxAP is average precision, the mean over ten limits of intersection over union
// (0.5, 0.55 ... 0.95) and over classes. In the order of their scores (0 stands
// for 1; of equal ones what was added first) predicted boxes take the true box of
// their class and picture that they cover best and that is still free; at most
// 100 count a class and picture. Precision, made falling, is read at 101 values of
// recall.
var BoxAP = boxMetric(Metric{Name: "box AP@0.5:0.95", text: "AP@0.5:0.95 %.3f"}, len(coverage))

// coverage are the limits of intersection over union.
var coverage = [10]float64{0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95}

const mostBoxes = 100 // predicted boxes of a class and picture that count

// found are the boxes of one picture and one class.
type found struct {
	truths int
	boxes  []foundBox
}

type foundBox struct {
	score float64
	right [len(coverage)]bool // by limit: it took a true box
}

func boxMetric(m Metric, limits int) Metric {
	m.Whole = "over all boxes of the set"
	m.Unknown, m.Source = unknownBoxes, coco
	op := "metric." + m.Name
	m.measure = func(truth, guess any) part {
		if truth == nil {
			return nil
		}
		return match(boxesOf(op, "truth", truth), boxesOf(op, "prediction", guess))
	}
	m.classes = func(parts []part) map[string]float64 { return averagePrecisions(parts, limits) }
	m.value = func(parts []part) float64 {
		sum, by := 0.0, averagePrecisions(parts, limits)
		for _, c := range sortedKeys(by) {
			sum += by[c]
		}
		return sum / float64(len(by)) // 0/0 is NaN
	}
	return m
}

func boxesOf(op, what string, v any) []modality.Box {
	if v == nil {
		return nil
	}
	b, ok := v.([]modality.Box)
	if !ok {
		fault.Panic(op, "the %s is of type %T, expected []fourm.Box", what, v)
	}
	return b
}

// match says of each predicted box whether it took a true one, by class.
func match(truths, guesses []modality.Box) map[string]*found {
	out := map[string]*found{}
	at := func(class string) *found {
		if out[class] == nil {
			out[class] = &found{}
		}
		return out[class]
	}
	real, guessed := map[string][]modality.Box{}, map[string][]modality.Box{}
	for _, b := range truths {
		at(b.Class).truths++
		real[b.Class] = append(real[b.Class], b)
	}
	for _, b := range guesses {
		if b.Score == 0 {
			b.Score = 1
		}
		guessed[b.Class] = append(guessed[b.Class], b)
	}
	for class, boxes := range guessed {
		slices.SortStableFunc(boxes, func(a, b modality.Box) int { return cmp.Compare(b.Score, a.Score) })
		var taken [len(coverage)][]bool
		for k := range taken {
			taken[k] = make([]bool, len(real[class]))
		}
		for _, b := range boxes[:min(len(boxes), mostBoxes)] {
			f := foundBox{score: b.Score}
			for k, limit := range coverage {
				best, which := limit, -1
				for i, t := range real[class] {
					if o := boxIoU(b, t); !taken[k][i] && o >= best {
						best, which = o, i
					}
				}
				if which >= 0 {
					taken[k][which], f.right[k] = true, true
				}
			}
			at(class).boxes = append(at(class).boxes, f)
		}
	}
	return out
}

// boxIoU is the intersection over union of two boxes, 0 where both are empty.
func boxIoU(a, b modality.Box) float64 {
	w := math.Min(a.X1, b.X1) - math.Max(a.X0, b.X0)
	h := math.Min(a.Y1, b.Y1) - math.Max(a.Y0, b.Y0)
	if !(w > 0 && h > 0) {
		return 0
	}
	return w * h / ((a.X1-a.X0)*(a.Y1-a.Y0) + (b.X1-b.X0)*(b.Y1-b.Y0) - w*h)
}

// averagePrecisions gives the average precision of each class with a true box,
// the mean over the first so many limits.
func averagePrecisions(parts []part, limits int) map[string]float64 {
	sets := map[string]*found{}
	for _, p := range parts {
		for class, f := range p.(map[string]*found) {
			if sets[class] == nil {
				sets[class] = &found{}
			}
			sets[class].truths += f.truths
			sets[class].boxes = append(sets[class].boxes, f.boxes...)
		}
	}
	out := map[string]float64{}
	for class, s := range sets {
		if s.truths == 0 {
			continue
		}
		slices.SortStableFunc(s.boxes, func(a, b foundBox) int { return cmp.Compare(b.score, a.score) })
		for k := range limits {
			out[class] += averagePrecision(s, k) / float64(limits)
		}
	}
	return out
}

func averagePrecision(s *found, limit int) float64 {
	precision, recall := make([]float64, len(s.boxes)), make([]float64, len(s.boxes))
	right := 0.0
	for i, b := range s.boxes {
		if b.right[limit] {
			right++
		}
		precision[i], recall[i] = right/float64(i+1), right/float64(s.truths)
	}
	for i := len(precision) - 2; i >= 0; i-- {
		precision[i] = math.Max(precision[i], precision[i+1])
	}
	sum, i := 0.0, 0
	for r := range 101 {
		for i < len(recall) && recall[i] < float64(r)*0.01 { // 0.01 as COCO's own: 0.35 is a little more
			i++
		}
		if i < len(precision) {
			sum += precision[i]
		}
	}
	return sum / 101
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
