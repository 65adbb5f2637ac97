package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A notepad is a buffer that one goroutine writes and another reads.
type notepad struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

func (n *notepad) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(b)
}

func (n *notepad) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

var printedLink = regexp.MustCompile(`http://127\.0\.0\.1:\d+/enter\?token=\S+`)

// The printed link lets a browser in, the desk answers, and an interrupt ends it cleanly.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("BELEG_KEY", filepath.Join(dir, "key"))
	var out notepad
	a := &app{in: strings.NewReader(""), out: &out, err: io.Discard, env: func(string) string { return "" }}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	status := make(chan int, 1)
	go func() {
		status <- a.run(ctx, []string{"--data", filepath.Join(dir, "data"), "serve", "--listen", "127.0.0.1:0", "--actor", "anna"})
	}()
	link := ""
	for link == "" {
		select {
		case s := <-status:
			t.Fatalf("serve ended with status %d: %s", s, out.String())
		case <-time.After(20 * time.Millisecond):
			link = printedLink.FindString(out.String())
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	got, err := client.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	got.Body.Close()
	if err != nil || got.StatusCode != http.StatusOK || !strings.Contains(string(body), "anna") {
		t.Errorf("the page behind the link = %d %v:\n%s", got.StatusCode, err, body)
	}
	stop()
	if s := <-status; s != done {
		t.Errorf("serve ended with status %d, want %d", s, done)
	}
}
