package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		status int
		want   string // on either stream
	}{
		{"kernel", []string{"kernel", "--codes", "4096", "--queries", "2", "--python", "false"}, 1, "faiss"},
		{"help", []string{"--help"}, 0, "kernel"},
		{"unknown", []string{"nonsense"}, 2, "nonsense"},
		{"no codes", []string{"kernel", "--codes", "0"}, 1, "multiple of 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if got := run(c.args, &out, &out); got != c.status {
				t.Errorf("status %d, want %d:\n%s", got, c.status, &out)
			}
			if !strings.Contains(out.String(), c.want) {
				t.Errorf("printed %q, want %q in it", &out, c.want)
			}
		})
	}
}
