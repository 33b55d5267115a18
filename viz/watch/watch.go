// Package watch serves a run, or a folder of runs, as a page that follows them
// while they go on: curves, latest numbers, time left, configuration, and the
// pictures in their folders.
//
//	l, err := watch.Listen("127.0.0.1:0", false)
//	err = watch.Serve(ctx, l, "runs/a")
//
// It only reads files, so a run knows nothing of it and may be on another
// machine that shares the folder. The page asks for news once a second and
// needs nothing from outside. A folder that does not exist yet is waited for;
// a file that is broken is told on the page.
//
// What a run holds is its owner's: only loopback addresses are served, and
// only to pages that were asked for by such a name, unless remote says
// otherwise.
//
// What a run's folder holds may be a stranger's. Nothing is served that lies
// outside the watched folder; links in it that lead out are told, not followed,
// and the folder itself may be reached through links. A picture is what its
// bytes decode to, and what is none is not served. Nothing but the page's own
// script runs, and a picture that is opened by itself stands in a sandbox.
// Reading one run holds up no other.
package watch

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"fourmlab/internal/plain"
	"fourmlab/viz/page"
)

//go:embed watch.js
var script string

// ErrRemote is an address that other machines could reach.
var ErrRemote = errors.New("is not a loopback one (127.0.0.1, ::1, localhost): others on the network could read the runs")

// Listen opens an address. Without remote it must be a loopback one, else the
// error is ErrRemote.
func Listen(addr string, remote bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: expected HOST:PORT, such as 127.0.0.1:0", addr)
	}
	if !remote && !loopback(host) {
		return nil, fmt.Errorf("address %q %w", addr, ErrRemote)
	}
	return net.Listen("tcp", addr)
}

// loopback tells whether a host is this machine, and no other can reach it. No
// name but localhost is asked for: who answers could change.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Serve serves the runs of a path until the context ends.
func Serve(ctx context.Context, l net.Listener, path string, remote bool) error {
	s := &http.Server{Handler: Handler(path, remote), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-ctx.Done()
		s.Close() // pages ask again; nothing is lost
	}()
	err := s.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		<-done
		return nil
	}
	return err
}

// server answers for the runs of a path.
type server struct {
	path   string
	remote bool
	known  store
	files  page.Album
}

// Handler serves the runs of a path.
func Handler(path string, remote bool) http.Handler {
	s := &server{path: path, remote: remote}
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", s.whole)
	m.HandleFunc("GET /main", s.main)
	m.HandleFunc("GET /curves.png", s.curves)
	m.HandleFunc("GET /picture", s.picture)
	m.HandleFunc("GET /watch.js", file("text/javascript; charset=utf-8", script))
	m.HandleFunc("GET /page.css", file("text/css; charset=utf-8", page.CSS))
	return s.guarded(m)
}

// The policies of the pages, which bring their script and style as files, and
// of all else, which brings none.
const (
	forPages = "default-src 'none'; img-src 'self'; connect-src 'self'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	forFiles = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)

// guarded refuses what another page has sent here under a foreign name, and
// forbids ours to ask for anything from elsewhere.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !s.remote && !loopback(host) {
			http.Error(w, fmt.Sprintf("host %q is not a loopback one", host), http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", forFiles)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (s *server) whole(w http.ResponseWriter, r *http.Request) {
	p := s.page(r.URL.Query().Get("run"))
	p.Sheet, p.Script = "page.css", "watch.js"
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", forPages)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

func (s *server) main(w http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	if err := s.page(r.URL.Query().Get("run")).Main(&b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := fnv.New64a()
	h.Write(b.Bytes())
	tag := fmt.Sprintf("%q", fmt.Sprintf("%016x", h.Sum64()))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

func (s *server) curves(w http.ResponseWriter, r *http.Request) {
	b := s.known.curves(s.path, r.URL.Query().Get("run"))
	if b == nil {
		http.Error(w, "no such run", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Write(b)
}

// picture serves a file that the page of a run shows, and no other, as what
// its bytes decode to.
func (s *server) picture(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	e := s.known.one(s.path, q.Get("run"))
	name := q.Get("name")
	if e == nil {
		http.Error(w, "no such run", http.StatusNotFound)
		return
	}
	list, _ := s.files.Pictures(e.run.Dir)
	if !slices.ContainsFunc(list, func(p page.Picture) bool { return p.Name == name }) {
		http.Error(w, "no such picture", http.StatusNotFound)
		return
	}
	b, kind, err := page.ReadPicture(e.run.Dir, name)
	if err != nil {
		http.Error(w, plain.Shown(err.Error()), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Write(b)
}

// file serves what is part of the program.
func file(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, text)
	}
}

// page gives the page of one run, or of all where there are several.
func (s *server) page(name string) *page.Page {
	all, notes, err := s.known.rescan(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &page.Page{Title: filepath.Base(s.path), State: "waiting", Where: s.path, Notes: []string{"There is no such folder yet. This page shows the run as soon as it begins."}}
	case len(all) == 0:
		p := &page.Page{Title: filepath.Base(s.path), State: "waiting", Where: s.path, Notes: []string{"This page shows the run as soon as it begins."}}
		if err != nil {
			p.Notes = append(p.Notes, err.Error())
		}
		return p
	case len(all) == 1:
		p := s.one(all[0], "")
		for _, n := range notes {
			if !slices.Contains(p.Notes, n) {
				p.Notes = append(p.Notes, n)
			}
		}
		return p
	case name == "":
		p := overview(s.path, all)
		p.Notes = notes
		if len(notes) > 0 {
			p.Notes = append(p.Notes, "fourm watch follows a link that it is given, and none that it finds.")
		}
		return p
	}
	for _, e := range all {
		if e.name == name {
			return s.one(e, "./")
		}
	}
	return &page.Page{Title: name, Back: "./", State: "unknown", Mood: "off", Problems: []string{fmt.Sprintf("no run %q in %s", name, s.path)}}
}

// link gives the address of what is served for a run.
func link(path string, values ...string) template.URL {
	q := url.Values{}
	for i := 0; i < len(values); i += 2 {
		if values[i+1] != "" {
			q.Set(values[i], values[i+1])
		}
	}
	if len(q) == 0 {
		return template.URL(path)
	}
	return template.URL(path + "?" + q.Encode())
}
