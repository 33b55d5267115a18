// Package viz draws what fourm computes: samples, tokens, masks, generations,
// training curves and ablations.
package viz
