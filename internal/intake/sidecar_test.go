package intake

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beleg/internal/store"
)

func TestReadSidecar(t *testing.T) {
	tests := []struct{ name, json, date, words, source string }{
		{"upload date", `{"upload_date":"20140503"}`, "2014-05-03", "20140503", "s upload_date"},
		{"the instant is more exact", `{"upload_date":"20140503","timestamp":1399111200}`, "2014-05-03T10:00:00Z", "1399111200", "s timestamp"},
		{"release date alone", `{"release_date":"20150102"}`, "2015-01-02", "20150102", "s release_date"},
		{"impossible date", `{"upload_date":"20140230"}`, "", "", ""},
		{"no date", `{"title":"x"}`, "", "", ""},
		{"null", `{"upload_date":null,"timestamp":null}`, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := ReadSidecar("s", strings.NewReader(tt.json))
			if err != nil {
				t.Fatal(err)
			}
			a := s.Appearance
			if a.Date != tt.date || a.Words != tt.words || a.Source != tt.source {
				t.Errorf("appearance = %+v, want date %q words %q source %q", a, tt.date, tt.words, tt.source)
			}
			if tt.date != "" && a.How != store.Page {
				t.Errorf("How = %q, want %q", a.How, store.Page)
			}
		})
	}
}

func TestReadSidecarRefuses(t *testing.T) {
	for _, in := range []string{"", "[", `"text"`, `{"timestamp":"soon"}`} {
		if _, err := ReadSidecar("s", strings.NewReader(in)); !errors.Is(err, ErrSidecar) {
			t.Errorf("ReadSidecar(%q) = %v, want ErrSidecar", in, err)
		}
	}
}

func TestSidecarPath(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.mp4", "a.info.json", "b.mp4", "b.mp4.info.json", "c.mp4"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for file, want := range map[string]string{"a.mp4": "a.info.json", "b.mp4": "b.mp4.info.json", "c.mp4": "", "a.info.json": ""} {
		got := SidecarPath(filepath.Join(dir, file))
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got != want {
			t.Errorf("SidecarPath(%s) = %q, want %q", file, got, want)
		}
	}
}

func FuzzReadSidecar(f *testing.F) {
	f.Add(`{"upload_date":"20140503","timestamp":1399111200.5}`)
	f.Fuzz(func(t *testing.T, s string) {
		ReadSidecar("s", strings.NewReader(s)) // must not panic
	})
}
