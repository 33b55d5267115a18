package metric

// Which metrics judge which look: the built-in ones have theirs, those that
// people register the error that they bring.

import (
	"fmt"
	"math"
	"strings"

	"fourmlab/fourm/modality"
)

// judgement is how predictions of a look are judged.
type judgement struct {
	metrics []Metric // first the one that tables and figures show
	// error is that of a pixel, NaN where the truth is unknown; nil: there are no
	// pixels. unit is what it is in.
	error func(truth, guess []float32) float64
	unit  string
}

var judgements = map[modality.Look]judgement{
	modality.Color:   {[]Metric{PSNR, SSIM}, colorError, ""},
	modality.Gray:    {[]Metric{PSNR, SSIM}, colorError, ""},
	modality.Depth:   {[]Metric{RMSE, AbsRel, Delta(1), Delta(2), Delta(3)}, depthError, "m"},
	modality.Normal:  {[]Metric{MeanAngle, MedianAngle, AngleWithin(11.25), AngleWithin(22.5), AngleWithin(30)}, angle, "°"},
	modality.Label:   {[]Metric{PixelAccuracy, MeanIoU}, classError, ""},
	modality.Feature: {[]Metric{Cosine}, cosineError, ""},
	modality.Caption: {metrics: []Metric{WordF1, ExactMatch}},
	modality.Boxes:   {metrics: []Metric{BoxAP50, BoxAP}},
	modality.Colors:  {metrics: []Metric{DeltaE}},
}

// judged gives how a look is judged.
func judged(l modality.Look) judgement {
	if j, ok := judgements[l]; ok {
		return j
	}
	look := l.Spec()
	switch {
	case look.Words:
		return judgements[modality.Caption]
	case look.Scaling == modality.ClassIDs && look.Error == nil:
		return judgements[modality.Label]
	}
	return byError(look)
}

// byError judges by the error that a look has.
func byError(look modality.LookSpec) judgement {
	name, of := look.ErrorName, look.Error
	if name == "" {
		name = "mean error"
	}
	if of == nil {
		of = colorError
		if look.ErrorName == "" {
			name = "mean absolute error"
		}
	}
	at := func(truth, guess []float32) float64 {
		if !look.KnownAt(truth) {
			return math.NaN()
		}
		return of(truth, finiteOnly(guess))
	}
	out := judgement{error: at, unit: look.Unit}
	out.metrics = []Metric{pixelMean(Metric{Name: name, Source: "the mean of what LookSpec.Error says of " + look.Name}, look, at, same)}
	if look.Channels == 1 {
		out.metrics = append(out.metrics, pixelMean(Metric{Name: "RMSE", Source: "the root of the mean squared difference"}, look, func(truth, guess []float32) float64 {
			e := colorError(truth, finiteOnly(guess))
			if !look.KnownAt(truth) {
				e = math.NaN()
			}
			return e * e
		}, math.Sqrt))
	}
	return out
}

// pixelMean is the mean of an error over the known pixels of each picture, in the
// look's unit, lower being better.
func pixelMean(m Metric, look modality.LookSpec, err func(truth, guess []float32) float64, last func(mean float64) float64) Metric {
	m.Unit, m.Lower = look.Unit, true
	m.text = strings.ReplaceAll(m.Name, "%", "%%") + " %.3g"
	if look.Unit != "" {
		m.text += " " + strings.ReplaceAll(look.Unit, "%", "%%")
	}
	m.Unknown = "pixels of which the look says so are unknown: left out of the truth, in a prediction taken as they are; what is not finite is 0 there"
	op := "metric." + m.Name
	return perSample(m, func(truth, guess any) float64 {
		a, b, ok := pair(op, truth, guess)
		if ok && look.Channels > 0 {
			a, b, ok = channels(op, look.Channels, truth, guess)
		}
		if !ok {
			return math.NaN()
		}
		sum, n := 0.0, 0.0
		for i := 0; i+a.C <= len(a.Pix) && a.C > 0; i += a.C {
			if e := err(a.Pix[i:i+a.C], b.Pix[i:i+a.C]); !math.IsNaN(e) {
				sum, n = sum+e, n+1
			}
		}
		return last(sum / n) // 0/0 is NaN
	})
}

// finiteOnly gives a predicted pixel with 0 for what is not finite.
func finiteOnly(pixel []float32) []float32 {
	for _, v := range pixel {
		if !finite(v) {
			out := make([]float32, len(pixel))
			for i, v := range pixel {
				out[i] = known(v)
			}
			return out
		}
	}
	return pixel
}

// For gives the metrics of a modality, first the one that tables and figures
// show.
func For(m modality.Modality) []Metric {
	switch {
	case m.Kind == modality.Symbols:
		return ofSymbols(m)
	case m.Kind != modality.Image && !m.Look.Spec().Words:
		return judgements[modality.Caption].metrics
	}
	return append([]Metric(nil), judged(m.Look).metrics...)
}

// ofSymbols gives the metrics of what symbols stand for: pictures and numbers,
// where their tokenizer says so, else themselves.
func ofSymbols(m modality.Modality) []Metric {
	k, ok := modality.TokenizerOf(m.Name).(interface {
		Numbers() bool
		Pictured() modality.Modality
	})
	switch {
	case !ok:
		return []Metric{symbolF1, ExactMatch}
	case k.Numbers():
		return []Metric{NumberError, NumberRMSE}
	}
	return For(k.Pictured())
}

// Errors gives the error of each pixel, NaN where the truth is unknown: of depth
// the absolute difference in metres, of normals the angle in degrees, of classes
// 0 or 1, of features 1 minus the cosine, of colours the mean absolute difference
// of the channels, of a look of one's own what its LookSpec says. ErrorUnit gives
// the unit.
func Errors(m modality.Modality, truth, guess *modality.Picture) []float64 {
	a, b, ok := pair("metric.Errors", truth, guess)
	at := judged(m.Look).error
	if !ok || at == nil {
		return nil
	}
	out := make([]float64, a.H*a.W)
	for i := range out {
		out[i] = at(a.Pix[i*a.C:(i+1)*a.C], b.Pix[i*a.C:(i+1)*a.C])
	}
	return out
}

// ErrorUnit gives the unit of the numbers of Errors as it stands behind them:
// " m", "°", or "" where there is none.
func ErrorUnit(m modality.Modality) string {
	switch u := judged(m.Look).unit; u {
	case "", "°", "%":
		return u
	default:
		return fmt.Sprint(" ", u)
	}
}
