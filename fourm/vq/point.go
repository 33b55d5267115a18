package vq

// What is known of a training while it goes on.

// Point is what is known after a step of training; its fields are those of a
// model's run, so that one figure draws both.
type Point struct {
	Step     int                `json:"step"`
	Seconds  float64            `json:"seconds"` // since the training began, resumed time included
	Tokens   int64              `json:"tokens"`  // seen
	LR       float64            `json:"lr"`
	Loss     float64            `json:"loss"`      // the reconstruction, in the network's units
	GradNorm float64            `json:"grad_norm"` // before clipping
	Losses   map[string]float64 `json:"losses"`    // the quantizer's own loss and that of features, where there are any
	Val      map[string]float64 `json:"val,omitempty"`
	ValLoss  float64            `json:"val_loss,omitempty"` // the reconstruction of held-out samples
	Metrics  map[string]float64 `json:"metrics,omitempty"`  // where it was validated: use of codes, and the first metric of the modality
}

// names of what Metrics has beside the modality's metric.
const (
	usedShare  = "codes used, %"
	perplexity = "perplexity of codes"
)
