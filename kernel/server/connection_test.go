package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConnectionFile(t *testing.T) {
	const ports = `"shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5`
	for file, want := range map[string]string{
		`{"transport":"tcp","ip":"127.0.0.1","signature_scheme":"hmac-sha256",` + ports + `}`: "tcp://127.0.0.1:1",
		`{"transport":"tcp","ip":"::1",` + ports + `}`:                                        "tcp://[::1]:1",
		`{"transport":"tcp","ip":"*",` + ports + `}`:                                          "tcp://*:1",
		`{"transport":"ipc","ip":"/tmp/k-ipc",` + ports + `}`:                                 "ipc:///tmp/k-ipc-1",
		`{"transport":"tcp","ip":"127.0.0.1"}`:                                                "_port is 0, expected 1 to 65535",
		`{"transport":"tcp","ip":"x",` + ports + `,"hb_port":99999}`:                          "hb_port is 99999",
		`{"signature_scheme":"hmac-md5",` + ports + `}`:                                       "hmac-md5",
		`[]`: "cannot unmarshal",
		``:   "unexpected end",
	} {
		path := filepath.Join(t.TempDir(), "connection.json")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := readConnection(path)
		if got := c.endpoint(c.Shell); err == nil && got != want {
			t.Errorf("%s: listens on %s, expected %s", file, got, want)
		}
		if err != nil && (!strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: %v, expected %s and the file's name", file, err, want)
		}
	}
	if err := Serve(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "connection file") {
		t.Errorf("no file: %v", err)
	}
}
