// Package model is 4M itself: one encoder-decoder Transformer over the tokens
// of many modalities (arXiv 2312.06647; docs/4m.md, 4), built as a gorgonia
// graph of coarse ops.
//
//	cfg := model.Tiny("rgb", "depth", "caption")
//	cfg.Dim = 128
//	m := model.New(cfg)
//	fmt.Println(m) // layers, parameters, memory
//
// Parameters carry the official state dict's names. A graph is built once for
// each shape of batch and shares the parameters' memory with all others.
package model
