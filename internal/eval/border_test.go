package eval

import (
	"bytes"
	"strings"
	"testing"
)

func TestBorderReadsFrames(t *testing.T) {
	var out bytes.Buffer
	if err := Border(&out, bytes.NewReader(make([]byte, 2*160*90)), 160, 90); err != nil {
		t.Fatal(err)
	}
	if want := "run of 2 frames: no border"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("printed %q, want it to begin with %q", &out, want)
	}
	for name, n := range map[string]int{"nothing": 0, "a cut frame": 160*90 + 1} {
		if Border(&out, bytes.NewReader(make([]byte, n)), 160, 90) == nil {
			t.Errorf("Border of %s = nil, want an error", name)
		}
	}
	if Border(&out, new(bytes.Buffer), 0, 5) == nil {
		t.Error("Border of frames without width = nil, want an error")
	}
}
