package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"beleg/internal/store"
	"beleg/video"
)

// ErrSidecar reports a file named like a sidecar that is none.
var ErrSidecar = errors.New("intake: sidecar cannot be read")

// sidecarSuffix is how yt-dlp names the description it writes beside a video.
const sidecarSuffix = ".info.json"

// maxSidecar bounds a sidecar. Real ones are under 2 MB, most of it format lists.
const maxSidecar = 32 << 20

// A Sidecar is what a program wrote down about a file beside it.
type Sidecar struct {
	Title      string
	Outlet     string // who uploaded it
	URL        string
	Place      string
	Appearance store.Appearance // zero when the sidecar has no date
}

// takeoutWord is how Google's export calls what it knows of a picture; it is cut off where the whole name grows too long.
const takeoutWord = "supplemental-metadata"

var takeoutName = regexp.MustCompile(`\.(su[a-z-]*)(?:\(\d+\))?\.json$`)

func isTakeout(name string) bool {
	m := takeoutName.FindStringSubmatch(strings.ToLower(name))
	return m != nil && strings.HasPrefix(takeoutWord, m[1])
}

// isSidecar reports a name that sidecars have; the file is kept and not read as a text.
func isSidecar(name string) bool {
	return strings.HasSuffix(name, sidecarSuffix) || isTakeout(name) || strings.HasSuffix(strings.ToLower(name), ".xmp")
}

// SidecarPaths returns the paths of the sidecars of the file at path: those of yt-dlp, gallery-dl, Google's export, and XMP.
func SidecarPaths(path string) (paths []string) {
	if isSidecar(path) {
		return nil
	}
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	candidates := []string{stem + sidecarSuffix, path + sidecarSuffix, path + ".json", stem + ".xmp", path + ".xmp", stem + ".XMP", path + ".XMP"}
	for n := len(takeoutWord); n >= len("su"); n-- {
		candidates = append(candidates, path+"."+takeoutWord[:n]+".json")
	}
	for _, p := range candidates {
		if info, err := os.Lstat(p); err == nil && info.Mode().IsRegular() && p != path {
			paths = append(paths, p)
		}
	}
	return paths
}

// ReadSidecar reads a sidecar: XMP where its name ends so, else JSON in the form of yt-dlp, gallery-dl or Google's export. name
// is how messages and appearances call it. What a page said is as strong as [store.Page], what a program knew of a file as
// [store.Metadata]. One odd field voids only itself.
func ReadSidecar(name string, r io.Reader) (Sidecar, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSidecar+1))
	if err != nil {
		return Sidecar{}, fmt.Errorf("read sidecar %s: %w", name, err)
	}
	if len(b) > maxSidecar {
		return Sidecar{}, fmt.Errorf("%w: %s is larger than %d MiB", ErrSidecar, name, maxSidecar>>20)
	}
	if strings.HasSuffix(strings.ToLower(name), ".xmp") {
		return xmpSidecar(name, b)
	}
	var f fields
	if err := json.Unmarshal(withoutNaN(bytes.TrimPrefix(b, []byte("\ufeff"))), &f); err != nil {
		return Sidecar{}, fmt.Errorf("%w: %s: %w", ErrSidecar, name, err)
	}
	if f == nil {
		return Sidecar{}, fmt.Errorf("%w: %s holds no fields", ErrSidecar, name)
	}
	if f["photoTakenTime"] != nil || f["creationTime"] != nil {
		return takeoutSidecar(name, f), nil
	}
	s := Sidecar{
		Title: f.text("title", "content"), Outlet: f.text("channel", "uploader", "author", "username", "user"),
		URL: f.text("webpage_url", "original_url", "post_url", "url"), Place: f.text("location"),
	}
	if !webLink(s.URL) {
		s.URL = ""
	}
	if date, words, field := f.published(); date != "" {
		s.Appearance = store.Appearance{Date: date, How: store.Page, Source: name + " " + field, Words: words,
			Outlet: s.Outlet, Place: s.Place, URL: s.URL, Title: s.Title}
	}
	return s, nil
}

var notANumber = regexp.MustCompile(`([:\[,]\s*)(?:-?Infinity|NaN)(\s*[,\]}])`)

// withoutNaN writes null for the numbers that Python writes and JSON does not have. Within a string the form is so rare
// that it is no loss.
func withoutNaN(b []byte) []byte {
	if !bytes.Contains(b, []byte("NaN")) && !bytes.Contains(b, []byte("Infinity")) {
		return b
	}
	return notANumber.ReplaceAll(b, []byte("${1}null${2}"))
}

// fields are the members of a JSON object, each read for itself.
type fields map[string]json.RawMessage

// text returns the first of the members that says something: a string, a number, the name of an object, or a list of them.
func (f fields) text(keys ...string) string {
	for _, k := range keys {
		var v any
		if json.Unmarshal(f[k], &v) == nil {
			if s := strings.TrimSpace(textOf(v, 0)); s != "" {
				return s
			}
		}
	}
	return ""
}

func textOf(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any:
		for _, k := range []string{"name", "title", "nick", "formatted", "text"} {
			if s, ok := v[k].(string); ok {
				return s
			}
		}
	case []any:
		var all []string
		for _, e := range v {
			if s := textOf(e, depth+1); s != "" && depth < 2 && len(all) < 20 {
				all = append(all, s)
			}
		}
		return strings.Join(all, ", ")
	}
	return ""
}

// seconds returns a number, also one that is written as a text; 0 when there is none.
func (f fields) seconds(key string) float64 {
	n, err := strconv.ParseFloat(f.text(key), 64)
	if err != nil {
		return 0
	}
	return n
}

// published returns when it could be seen: for a broadcast that was set up before and for what came out later the release, else
// the upload, as exactly as is said. The day of the upload of such a thing is when it was set up, and stands in the words alone.
func (f fields) published() (date, words, field string) {
	type stated struct{ date, words, field string }
	best := func(instant string, days ...string) (s stated) {
		if date := unixDate(f.seconds(instant)); date != "" {
			return stated{date, f.text(instant), instant}
		}
		for _, k := range days {
			if date := tagDate(f.text(k), ""); date != "" {
				return stated{date, f.text(k), k}
			}
		}
		return stated{}
	}
	upload := best("timestamp", "upload_date")
	release := best("release_timestamp", "release_date")
	other := best("", "date", "created_at", "modified_date")
	live := f.text("live_status") == "was_live" || string(f["was_live"]) == "true" || f["release_timestamp"] != nil
	switch {
	case upload.date == "" && release.date == "":
		return other.date, other.words, other.field
	case upload.date == "":
		return release.date, release.words, release.field
	case release.date > upload.date[:min(len(upload.date), len(release.date))] && live:
		return release.date, release.words + " (set up: " + upload.field + " " + upload.words + ")", release.field
	}
	return upload.date, upload.words, upload.field
}

// takeoutSidecar reads what Google's export knows of a picture: when it was taken, and where.
func takeoutSidecar(name string, f fields) Sidecar {
	s := Sidecar{URL: f.text("url")}
	if !webLink(s.URL) {
		s.URL = ""
	}
	for _, field := range []string{"photoTakenTime", "creationTime"} {
		var at fields
		if json.Unmarshal(f[field], &at) != nil {
			continue
		}
		if date := unixDate(at.seconds("timestamp")); date != "" && s.Appearance.Date == "" {
			s.Appearance = store.Appearance{Date: date, How: store.Metadata, Source: name + " " + field, Words: at.text("timestamp"), URL: s.URL}
		}
	}
	for _, field := range []string{"geoDataExif", "geoData"} {
		var at fields
		if json.Unmarshal(f[field], &at) == nil && s.Place == "" {
			if n, e := at.seconds("latitude"), at.seconds("longitude"); n != 0 || e != 0 {
				s.Place = placeText(n, e)
			}
		}
	}
	s.Appearance.Place = s.Place
	return s
}

// xmpSidecar reads the packet that picture editors write beside a file they leave alone.
func xmpSidecar(name string, b []byte) (Sidecar, error) {
	tags := video.ReadXMP(b)
	if len(tags) == 0 {
		return Sidecar{}, fmt.Errorf("%w: %s holds no XMP", ErrSidecar, name)
	}
	list := tagAppearances(video.Info{Kind: video.Photo, Tags: tags})
	get := func(keys ...string) string {
		for _, k := range keys {
			if tags[k] != "" {
				return tags[k]
			}
		}
		return ""
	}
	s := Sidecar{Title: get("xmp.Headline", "xmp.title"), Outlet: get("xmp.Credit", "xmp.Source"), Place: photoPlace(get)}
	if p := positionOf(tags); s.Place == "" && p != nil {
		s.Place = placeText(p.North, p.East)
	}
	if len(list) > 0 {
		s.Appearance = list[0]
		s.Appearance.Source = name + " " + s.Appearance.Source
	}
	return s, nil
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// SameName brings a file's name to the one composed form in which names are compared: file systems and tables differ in it.
func SameName(name string) string { return norm.NFC.String(name) }
