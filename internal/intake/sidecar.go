package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"beleg/edtf"
	"beleg/internal/store"
)

// ErrSidecar reports a file named like a sidecar that is none.
var ErrSidecar = errors.New("intake: sidecar cannot be read")

// sidecarSuffix is how yt-dlp names the description it writes beside a video.
const sidecarSuffix = ".info.json"

// maxSidecar bounds a sidecar. Real ones are under 2 MB, most of it format lists.
const maxSidecar = 32 << 20

// A Sidecar is what a downloader wrote down about a file beside it.
type Sidecar struct {
	Title      string
	Outlet     string // who uploaded it
	URL        string
	Place      string
	Appearance store.Appearance // zero when the sidecar has no date
}

// SidecarPath returns the path of the sidecar of the file at path, or "" when there is none.
func SidecarPath(path string) string {
	if strings.HasSuffix(path, sidecarSuffix) {
		return ""
	}
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, p := range []string{stem + sidecarSuffix, path + sidecarSuffix} {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			return p
		}
	}
	return ""
}

// ReadSidecar reads a sidecar in the form of yt-dlp. name is how messages and
// appearances call it. What the page said is as strong as [store.Page].
func ReadSidecar(name string, r io.Reader) (Sidecar, error) {
	var in struct {
		Title       string  `json:"title"`
		Uploader    string  `json:"uploader"`
		Channel     string  `json:"channel"`
		WebpageURL  string  `json:"webpage_url"`
		OriginalURL string  `json:"original_url"`
		Location    string  `json:"location"`
		ReleaseDate string  `json:"release_date"`
		UploadDate  string  `json:"upload_date"`
		Timestamp   float64 `json:"timestamp"` // seconds since 1970
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSidecar+1))
	if err != nil {
		return Sidecar{}, fmt.Errorf("read sidecar %s: %w", name, err)
	}
	if len(b) > maxSidecar {
		return Sidecar{}, fmt.Errorf("%w: %s is larger than %d MiB", ErrSidecar, name, maxSidecar>>20)
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return Sidecar{}, fmt.Errorf("%w: %s: %w", ErrSidecar, name, err)
	}
	s := Sidecar{Title: in.Title, Outlet: either(in.Channel, in.Uploader), URL: either(in.WebpageURL, in.OriginalURL), Place: in.Location}
	date, words, field := sidecarDate(in.Timestamp, in.UploadDate, in.ReleaseDate)
	if date != "" {
		s.Appearance = store.Appearance{Date: date, How: store.Page, Source: name + " " + field, Words: words,
			Outlet: s.Outlet, Place: s.Place, URL: s.URL, Title: s.Title}
	}
	return s, nil
}

// sidecarDate prefers the exact instant, then the day of the upload, then that of the release.
func sidecarDate(timestamp float64, upload, release string) (date, words, field string) {
	if timestamp > 0 && timestamp < 1<<40 {
		return edtf.Instant(time.Unix(int64(timestamp), 0)).String(), fmt.Sprintf("%.0f", timestamp), "timestamp"
	}
	for _, d := range []struct{ words, field string }{{upload, "upload_date"}, {release, "release_date"}} {
		if t, err := time.Parse("20060102", d.words); err == nil {
			return edtf.Day(t).String(), d.words, d.field
		}
	}
	return "", "", ""
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
