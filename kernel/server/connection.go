package server

// The connection file: where Jupyter says that it will be.

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
)

// connection is Jupyter's connection file.
type connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	Stdin     int    `json:"stdin_port"`
	IOPub     int    `json:"iopub_port"`
	Heartbeat int    `json:"hb_port"`
	Scheme    string `json:"signature_scheme"`
	Key       string `json:"key"`
}

func readConnection(path string) (c connection, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("kernel: connection file: %w", err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("kernel: connection file %s: %w", path, err)
	}
	if c.Scheme != "" && c.Scheme != "hmac-sha256" {
		return c, fmt.Errorf("kernel: connection file %s: signature scheme %q, expected hmac-sha256", path, c.Scheme)
	}
	for name, port := range map[string]int{"shell_port": c.Shell, "control_port": c.Control, "stdin_port": c.Stdin, "iopub_port": c.IOPub, "hb_port": c.Heartbeat} {
		if port < 1 || port > 65535 {
			return c, fmt.Errorf("kernel: connection file %s: %s is %d, expected 1 to 65535", path, name, port)
		}
	}
	if c.Key == "" && !c.local() {
		return c, fmt.Errorf("kernel: connection file %s: the key is empty and %s can be reached from other machines, whose messages would run as cells: expected a key, or an address of the loopback such as 127.0.0.1", path, c.endpoint(c.Shell))
	}
	return c, nil
}

// local tells whether only this machine reaches the sockets: those of paths,
// and those of addresses of the loopback.
func (c connection) local() bool {
	if c.Transport == "ipc" {
		return true
	}
	host := strings.Trim(c.IP, "[]")
	if host == "" || host == "*" {
		return false
	}
	found, err := net.LookupIP(host) // an address is its own
	return err == nil && len(found) > 0 && !slices.ContainsFunc(found, func(ip net.IP) bool { return !ip.IsLoopback() })
}

// endpoint is the address of one socket.
func (c connection) endpoint(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	return c.Transport + "://" + net.JoinHostPort(strings.Trim(c.IP, "[]"), strconv.Itoa(port))
}
