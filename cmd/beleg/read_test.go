package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"beleg/document"
	"beleg/internal/words"
)

// TestDayIsAskedFor: a person at the terminal is asked until the answer is a day or nothing.
func TestDayIsAskedFor(t *testing.T) {
	for _, tt := range []struct {
		name, typed, want string
		asked             int
	}{
		{"a day", "2016-10-06\n", "2016-10-06", 1},
		{"a day that is none first", "yesterday\n2016-02-30\n 2016-10-06 \n", "2016-10-06", 3},
		{"unknown", "\n2016-10-06\n", "0001-01-01", 1},
		{"gone", "", "0001-01-01", 1},
	} {
		var said bytes.Buffer
		r := &textReading{app: &app{Words: words.In(words.English), in: strings.NewReader(tt.typed), err: &said}, asks: true}
		day, _ := r.day(document.Document{Title: "Bridge\x1b[2J"}, time.Time{})
		if got := day.Format(time.DateOnly); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if got := strings.Count(said.String(), "When was"); got != tt.asked || strings.Contains(said.String(), "\x1b") {
			t.Errorf("%s: asked %d times, want %d: %q", tt.name, got, tt.asked, said.String())
		}
	}
}
