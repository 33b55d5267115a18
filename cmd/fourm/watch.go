package main

// Watch: a run in a browser, while it goes on.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"fourmlab/internal/plain"
	"fourmlab/viz/watch"
)

func runWatch(c *call) error {
	addr := c.String("addr", "127.0.0.1:0", "`HOST:PORT` to listen on; port 0 is any that is free")
	remote := c.Bool("allow-remote", false, "serve an address that other machines can reach, to whoever asks")
	words, err := c.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage{fmt.Sprintf("%d arguments, expected the folder of a run, or one of runs", len(words))}
	}
	path, err := filepath.Abs(words[0])
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := watch.Listen(*addr, *remote)
	var taken *net.OpError
	switch {
	case errors.Is(err, watch.ErrRemote):
		return usage{err.Error() + "; -allow-remote serves it all the same"}
	case errors.As(err, &taken):
		return fmt.Errorf("fourm watch: %w", err)
	case err != nil:
		return usage{err.Error()}
	}
	fmt.Fprintf(c.out, "http://%s/\n", l.Addr())
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(c.errors, "fourm watch: %s does not exist yet; the page waits for it\n", plain.Shown(path))
	}
	return watch.Serve(ctx, l, path, *remote)
}
