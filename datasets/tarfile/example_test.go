package tarfile_test

import (
	"archive/tar"
	"bytes"
	"fmt"

	"fourmlab/datasets/tarfile"
)

func Example() {
	var file bytes.Buffer
	w := tar.NewWriter(&file)
	for _, name := range []string{"0001.txt", "0002.txt"} {
		w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 5})
		w.Write([]byte("hello"))
	}
	w.Close()
	members, err := tarfile.Index(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	for _, m := range members {
		fmt.Println(m.Name, m.Size, string(file.Bytes()[m.Off:m.Off+m.Size]))
	}
	// Output:
	// 0001.txt 5 hello
	// 0002.txt 5 hello
}
