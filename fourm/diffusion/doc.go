// Package diffusion turns noise into pictures.
package diffusion
