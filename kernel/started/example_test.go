//go:build unix

package started_test

import (
	"fmt"
	"os/exec"

	"fourmlab/kernel/started"
)

// A shell that has ended leaves something in the background.
func Example() {
	cmd := exec.Command("sh", "-c", "sleep 777 &")
	if err := started.Launch(cmd); err != nil {
		fmt.Println(err)
		return
	}
	cmd.Wait()
	started.Gone(cmd.Process.Pid)
	ended, stay := started.End(func() []started.Process { return started.By(cmd.Process.Pid) })
	fmt.Println(len(ended), "ended,", len(stay), "stay")
	// Output: 1 ended, 0 stay
}
