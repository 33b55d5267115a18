package main

// The browser and the server, as far as this program drives them: Chromium's
// DevTools protocol over one web socket.

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const token = "inbrowser"

// serve starts Jupyter Notebook on a free port of the loopback and waits until
// it answers.
func serve(ctx context.Context, dir string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	cmd := exec.CommandContext(ctx, "jupyter-notebook", "--allow-root", "--no-browser", "--ip=127.0.0.1", fmt.Sprintf("--port=%d", port), "--port-retries=0", "--NotebookApp.token="+token, "--notebook-dir="+dir)
	cmd.Env = append(os.Environ(), "JUPYTER_PATH="+filepath.Join(dir, "share", "jupyter"), "JUPYTER_CONFIG_DIR="+filepath.Join(dir, "config"), "JUPYTER_RUNTIME_DIR="+filepath.Join(dir, "runtime"))
	var said strings.Builder
	cmd.Stderr = &said
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 3 * time.Second
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stop = func() {
		cmd.Process.Signal(os.Interrupt) // twice: the first one asks
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
		case <-time.After(3 * time.Second):
			cmd.Process.Kill()
		}
	}
	url = fmt.Sprintf("http://127.0.0.1:%d", port)
	for {
		if r, err := http.Get(url + "/api?token=" + token); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return url, stop, nil
			}
		}
		select {
		case err := <-done:
			return "", nil, fmt.Errorf("jupyter-notebook ended: %w: %s", err, said.String())
		case <-ctx.Done():
			stop()
			return "", nil, fmt.Errorf("jupyter-notebook never answered: %s", said.String())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// browser is Chromium with one page.
type browser struct {
	cmd  *exec.Cmd
	conn *websocket.Conn
	n    int
}

// browse starts Chromium and opens the page.
func browse(ctx context.Context, profile, url string) (*browser, error) {
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1000,1500", "--remote-debugging-port=0", "--user-data-dir="+profile, "about:blank")
	out, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	b := &browser{cmd: cmd}
	address := ""
	lines := bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		if _, ws, ok := strings.Cut(lines.Text(), "DevTools listening on ws://"); ok {
			address, _, _ = strings.Cut(ws, "/")
		}
	}
	go io.Copy(io.Discard, out)
	if address == "" {
		b.close()
		return nil, errors.New("chromium tells no address for DevTools")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+address+"/json/new?"+url, nil)
	if err != nil {
		b.close()
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.close()
		return nil, err
	}
	defer answer.Body.Close()
	var target struct {
		Socket string `json:"webSocketDebuggerUrl"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&target); err != nil {
		b.close()
		return nil, fmt.Errorf("chromium opens no page: %w", err)
	}
	if b.conn, _, err = websocket.Dial(ctx, target.Socket, nil); err != nil {
		b.close()
		return nil, err
	}
	b.conn.SetReadLimit(64 << 20)
	return b, nil
}

func (b *browser) close() {
	if b.conn != nil {
		b.conn.CloseNow()
	}
	b.cmd.Process.Kill()
	b.cmd.Wait()
}

// call sends a command and waits for its answer.
func (b *browser) call(ctx context.Context, method string, params any, result any) error {
	b.n++
	data, err := json.Marshal(map[string]any{"id": b.n, "method": method, "params": params})
	if err != nil {
		return err
	}
	if err := b.conn.Write(ctx, websocket.MessageText, data); err != nil {
		return err
	}
	for {
		_, data, err := b.conn.Read(ctx)
		if err != nil {
			return err
		}
		var m struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		switch {
		case m.ID != b.n: // an event
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}

// evaluate runs JavaScript in the page; result may be nil.
func (b *browser) evaluate(ctx context.Context, code string, result any) error {
	var r struct {
		Result struct {
			Value json.RawMessage
		}
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	if err := b.call(ctx, "Runtime.evaluate", map[string]any{"expression": code, "returnByValue": result != nil}, &r); err != nil {
		return err
	}
	if r.ExceptionDetails != nil {
		return fmt.Errorf("in the page: %s", r.ExceptionDetails.Exception.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(r.Result.Value, result)
}

// picture writes what the page looks like.
func (b *browser) picture(ctx context.Context, path string) error {
	var r struct{ Data string }
	if err := b.call(ctx, "Page.captureScreenshot", map[string]any{"format": "png"}, &r); err != nil {
		return err
	}
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}

func containsAll(s string, words ...string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}
