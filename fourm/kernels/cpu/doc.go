// Package cpu is the arithmetic of 4M on []float32: blocked, parallel and,
// where the processor has AVX2 and FMA, in assembly.
//
// Every function has a twin of the same name and signature in package ref,
// plain loops that say what is computed; one table of cases compares the two.
// Nothing here knows of graphs, tensors or models. Slices are row-major;
// comments give shapes as (B, T, C). Results do not depend on the number of
// workers: work is split over outputs, or over parts of a sum that the shape
// decides and that are added in order.
//
//	cpu.Gemm(false, true, m, n, k, x, k, w, k, y, n, false) // y = x wᵀ
package cpu

//go:generate go run ./gen
