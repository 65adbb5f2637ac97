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
		{"a number written as text", `{"timestamp":"1399111200"}`, "2014-05-03T10:00:00Z", "1399111200", "s timestamp"},
		{"one odd field", `{"timestamp":"soon","title":[1,2],"upload_date":"20140503"}`, "2014-05-03", "20140503", "s upload_date"},
		{"no number", `{"duration":NaN,"upload_date":"20140503"}`, "2014-05-03", "20140503", "s upload_date"},
		{"a mark before it", "\ufeff" + `{"upload_date":"2014-05-03"}`, "2014-05-03", "2014-05-03", "s upload_date"},
		{"a clock never set", `{"upload_date":"19691231"}`, "", "", ""},
		{"set up before it was live", `{"upload_date":"20140503","timestamp":1399111200,"release_timestamp":1399284000,"was_live":true}`, "2014-05-05T10:00:00Z", "1399284000 (set up: timestamp 1399111200)", "s release_timestamp"},
		{"an old record", `{"upload_date":"20140503","release_date":"19990101"}`, "2014-05-03", "20140503", "s upload_date"},
		{"gallery-dl", `{"category":"forum","date":"2014-05-03 10:00:00","author":{"name":"A"}}`, "2014-05-03", "2014-05-03 10:00:00", "s date"},
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
	for _, in := range []string{"", "[", `"text"`, "null"} {
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
		got := strings.Join(SidecarPaths(filepath.Join(dir, file)), " ")
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got != want {
			t.Errorf("SidecarPaths(%s) = %q, want %q", file, got, want)
		}
	}
}

func TestOtherSidecars(t *testing.T) {
	for _, tt := range []struct{ name, in, date, how, place string }{
		{"a.jpg.supplemental-metadata.json", `{"title":"a.jpg","photoTakenTime":{"timestamp":"1399111200"},"creationTime":{"timestamp":"1399200000"},"geoData":{"latitude":36.2,"longitude":37.15}}`, "2014-05-03T10:00:00Z", store.Metadata, "36.20000, 37.15000"},
		{"a.jpg.suppl.json", `{"photoTakenTime":{"timestamp":"0"},"creationTime":{"timestamp":1399200000},"geoData":{"latitude":0,"longitude":0}}`, "2014-05-04T10:40:00Z", store.Metadata, ""},
		{"a.xmp", `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:p="urn:p" p:City="Aleppo" p:DateCreated="2014-05-03T10:00:00+03:00"/></rdf:RDF></x:xmpmeta>`, "2014-05-03T07:00:00Z", store.Metadata, "Aleppo"},
	} {
		s, err := ReadSidecar(tt.name, strings.NewReader(tt.in))
		if err != nil || s.Appearance.Date != tt.date || s.Appearance.How != tt.how || s.Place != tt.place {
			t.Errorf("%s: %+v, %v; want date %q, how %q, place %q", tt.name, s, err, tt.date, tt.how, tt.place)
		}
		if !isSidecar(tt.name) {
			t.Errorf("isSidecar(%s) = false", tt.name)
		}
	}
	if _, err := ReadSidecar("a.xmp", strings.NewReader("no xmp")); !errors.Is(err, ErrSidecar) {
		t.Errorf("no XMP: %v", err)
	}
}

func FuzzReadSidecar(f *testing.F) {
	f.Add("a.info.json", []byte(`{"upload_date":"20140503","uploader":["A",{"name":"B"}],"duration":NaN}`))
	f.Add("a.jpg.supplemental-metadata.json", []byte(`{"photoTakenTime":{"timestamp":"1399111200"}}`))
	f.Add("a.xmp", []byte(`<rdf:Description p:City="Aleppo"/>`))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		s, err := ReadSidecar(name, strings.NewReader(string(b)))
		if err == nil && s.Appearance.Date != "" && s.Appearance.How == "" {
			t.Errorf("a date without how it is known: %+v", s)
		}
	})
}
