package main

// The machine: what it is, and how busy it is.

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Machine is what times were measured on.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	AVX2   bool   `json:"avx2"`
	AVX512 bool   `json:"avx512"`
	AMD    bool   `json:"amd"`
	Memory int    `json:"memory_mb"` // in 10^6 bytes; 0: unknown
	System string `json:"system"`
	Go     string `json:"go"`
}

func (m Machine) String() string {
	vectors := "no AVX2"
	if m.AVX2 {
		vectors = "AVX2"
	}
	if m.AVX512 {
		vectors = "AVX2, AVX-512"
	}
	return fmt.Sprintf("machine: %s, %d cores, %s, %d MB, %s, %s", m.CPU, m.Cores, vectors, m.Memory, m.System, m.Go)
}

// machine reads what Linux tells; elsewhere little is known.
func machine() Machine {
	info, _ := os.ReadFile("/proc/cpuinfo")
	m := cpu(string(info))
	m.Cores, m.System, m.Go = runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version()
	mem, _ := os.ReadFile("/proc/meminfo")
	if f := strings.Fields(string(mem)); len(f) > 1 {
		kib, _ := strconv.Atoi(f[1])
		m.Memory = kib * 1024 / 1e6
	}
	return m
}

// cpu reads the first processor of /proc/cpuinfo.
func cpu(info string) Machine {
	m := Machine{CPU: "an unknown CPU"}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "vendor_id":
			m.AMD = value == "AuthenticAMD"
		case "model name":
			m.CPU = value
		case "flags":
			flags := strings.Fields(value)
			has := func(names ...string) bool {
				for _, n := range names {
					if !slices.Contains(flags, n) {
						return false
					}
				}
				return true
			}
			m.AVX2, m.AVX512 = has("avx2", "fma"), has("avx512f", "avx512bw", "avx512dq", "avx512vl")
			return m
		}
	}
	return m
}

// tick is Linux's unit of /proc/stat, in seconds.
const tick = 0.01

// busy gives the seconds that all cores together have worked since the machine
// began; false where the system does not tell.
func busy() (float64, bool) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	return worked(string(b))
}

// worked reads the first line of /proc/stat: user, nice, system, idle, waiting,
// interrupts, soft interrupts. What other guests of the same host took is no
// work of this machine's.
func worked(stat string) (float64, bool) {
	line, _, _ := strings.Cut(stat, "\n")
	f := strings.Fields(line)
	if len(f) < 8 || f[0] != "cpu" {
		return 0, false
	}
	sum := 0.0
	for i, v := range f[1:8] {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return 0, false
		}
		if i != 3 && i != 4 {
			sum += n
		}
	}
	return sum * tick, true
}
