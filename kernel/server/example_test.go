package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fourmlab/kernel/server"
)

// A front end writes a connection file and starts a program that calls Serve.
// What cannot be served safely is refused.
func ExampleServe() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "kernel.json")
	for _, key := range []string{`"signature_scheme": "hmac-md5", "key": "secret"`, `"signature_scheme": "hmac-sha256", "key": ""`} {
		file := `{"transport": "tcp", "ip": "0.0.0.0", "shell_port": 50001, "control_port": 50002, "stdin_port": 50003, "iopub_port": 50004, "hb_port": 50005, ` + key + `}`
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			fmt.Println(err)
			return
		}
		err := server.Serve(path)
		fmt.Println(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
	}
	// Output:
	// kernel: connection file kernel.json: signature scheme "hmac-md5", expected hmac-sha256
	// kernel: connection file kernel.json: the key is empty and tcp://0.0.0.0:50001 can be reached from other machines, whose messages would run as cells: expected a key, or an address of the loopback such as 127.0.0.1
}
