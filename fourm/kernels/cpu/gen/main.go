// Gen writes z_gemm_amd64.s and its declarations: the kernels of the matrix
// product, which package kern describes.
//
//	go generate ./fourm/kernels/cpu
package main

import (
	"bytes"
	"log"
	"os"

	"fourmlab/fourm/kernels/cpu/gen/kern"
)

func main() {
	var s, d bytes.Buffer
	kern.Print(&s, &d)
	for name, buf := range map[string]*bytes.Buffer{"z_gemm_amd64.s": &s, "z_gemm_amd64.go": &d} {
		if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
