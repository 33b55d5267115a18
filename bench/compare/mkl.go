package main

// Intel's MKL under the name of libblas.so.3.

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// mkl gives the place of MKL's one library that loads the others, or nothing.
func mkl(ctx context.Context) string {
	if root := os.Getenv("MKLROOT"); root != "" {
		for _, where := range []string{"lib", "lib/intel64"} {
			if files, _ := filepath.Glob(filepath.Join(root, where, "libmkl_rt.so*")); len(files) > 0 {
				return files[0]
			}
		}
	}
	b, err := exec.CommandContext(ctx, "ldconfig", "-p").Output()
	if err != nil {
		b, _ = exec.CommandContext(ctx, "/sbin/ldconfig", "-p").Output()
	}
	for line := range strings.Lines(string(b)) {
		name, file, ok := strings.Cut(strings.TrimSpace(line), " => ")
		if ok && strings.HasPrefix(name, "libmkl_rt.so") {
			return file
		}
	}
	return ""
}

// mkls gives MKL with GNU's threads, which are PyTorch's; on an AMD machine,
// where MKL takes slower code than the CPU could run, once more with a library
// loaded before it that answers the question whether the CPU is Intel's with
// yes. That one takes a C compiler. Links and the library are put into dir.
func mkls(ctx context.Context, file, dir string, m Machine, common []string) ([]library, error) {
	for _, name := range []string{"libblas.so.3", "liblapack.so.3"} {
		if err := os.Symlink(file, filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	env := append([]string{"LD_LIBRARY_PATH=" + path(dir+":"+filepath.Dir(file)), "MKL_THREADING_LAYER=GNU"}, common...)
	out := []library{{Name: "mkl", File: file, Env: env}}
	if shim := filepath.Join(dir, "intel.so"); m.AMD && shimmed(ctx, shim) {
		out = append(out, library{Name: "mkl-preload", File: file, Env: append([]string{"LD_PRELOAD=" + shim}, env...)})
	}
	return out, nil
}

// shimmed makes the library, where there is a compiler.
func shimmed(ctx context.Context, shim string) bool {
	cmd := exec.CommandContext(ctx, "cc", "-shared", "-fPIC", "-O1", "-x", "c", "-o", shim, "-")
	cmd.Stdin = strings.NewReader("int mkl_serv_intel_cpu_true(void) { return 1; }\n")
	return cmd.Run() == nil
}
