package modality

// Features: numbers that a network makes of a picture, without a fixed meaning
// and without a range.

var featureLook = LookSpec{Name: "feature", Noun: "features", Scaling: Standardised}
