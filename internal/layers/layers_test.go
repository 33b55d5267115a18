// Package layers keeps the project's imports pointing down.
package layers

import (
	"os/exec"
	"strings"
	"testing"
)

// floors are the layers from the top; a package may import what stands on a
// lower floor, or on its own where the floor is open.
var floors = []struct {
	open     bool // packages of this floor may import one another
	packages []string
}{
	{false, []string{"cmd/fourm", "kernel"}}, // kernel itself is a page for readers
	{true, []string{"notebooks", "bench"}},
	{true, []string{"kernel/gophernotes", "kernel/symbols", "kernel/gosuite", "kernel/inbrowser", "kernel/kerneltest"}},
	// The kernel and the process of its cells know each other's messages only.
	{false, []string{"kernel/server", "kernel/headless", "kernel/jupyter", "kernel/worker"}},
	{false, []string{"kernel/link", "kernel/notebook"}},
	{false, []string{"kernel/session/export"}},
	{false, []string{"kernel/session"}},
	{false, []string{"kernel/session/assist", "kernel/session/script"}},
	{false, []string{"kernel/session/packages", "kernel/session/fastpath", "kernel/session/yaegi"}},
	{false, []string{"kernel/session/ixgo", "kernel/session/cell"}},
	{false, []string{"kernel/display", "kernel/started", "kernel/zmtp"}},
	{false, []string{"kernel/engine"}},
	{false, []string{"viz"}},
	{true, []string{"datasets"}},
	{false, []string{"fourm"}},
	{true, []string{"fourm/train", "fourm/generate", "fourm/transfer", "fourm/ablate", "fourm/shipped"}},
	{false, []string{"fourm/model", "fourm/vq"}},
	{false, []string{"fourm/diffusion"}},
	{false, []string{"fourm/mask"}},
	{false, []string{"fourm/metric"}},
	{false, []string{"fourm/text", "fourm/checkpoint"}},
	{false, []string{"fourm/modality"}},
	{false, []string{"fourm/exec", "fourm/optim", "fourm/quantize"}},
	{false, []string{"fourm/ops"}},
	{true, []string{"fourm/kernels"}},
	{true, []string{"internal"}},
}

// floor finds the layer of a package: the longest matching name wins.
func floor(path string) (int, string) {
	best, at := "", -1
	for i, f := range floors {
		for _, p := range f.packages {
			inside := path == p || strings.HasPrefix(path, p+"/") && p != "fourm" && p != "kernel"
			if inside && len(p) > len(best) {
				best, at = p, i
			}
		}
	}
	return at, best
}

const module = "fourmlab/"

func TestImportsPointDown(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}`, "fourmlab/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		from, imports, _ := strings.Cut(line, "|")
		from = strings.TrimPrefix(from, module)
		if strings.HasPrefix(from, "build") {
			continue // made, not kept
		}
		a, layer := floor(from)
		if a < 0 {
			t.Errorf("package %s is on no floor: add it to the list, and to docs/architecture.md", from)
			continue
		}
		for _, to := range strings.Fields(imports) {
			to, ours := strings.CutPrefix(to, module)
			if !ours {
				continue
			}
			n++
			b, other := floor(to)
			if b < a || b == a && layer != other && !floors[a].open {
				t.Errorf("%s imports %s, which is above it or beside it", from, to)
			}
		}
	}
	t.Logf("%d imports", n)
}

// Only kernel/symbols and the gophernotes binding know both the kernel and
// the lab; nothing below viz knows viz or the kernel.
func TestKernelKnowsNoLab(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}`, "fourmlab/kernel/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		from, imports, _ := strings.Cut(line, "|")
		if strings.HasPrefix(from, "fourmlab/kernel/symbols") || strings.HasPrefix(from, "fourmlab/kernel/gophernotes") {
			continue
		}
		for _, to := range strings.Fields(imports) {
			if strings.HasPrefix(to, module) && !strings.HasPrefix(to, "fourmlab/kernel") && !strings.HasPrefix(to, "fourmlab/internal") {
				t.Errorf("%s imports %s", from, to)
			}
		}
	}
}
