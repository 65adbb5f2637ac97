package desk

import (
	"bytes"
	"html"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// attribute matches one of a tag that a template fills in, with its name.
var attribute = regexp.MustCompile(`([A-Za-z][A-Za-z0-9-]*)=("[^"]*\{\{[^"]*"|'[^']*\{\{[^']*')`)

// addresses are the attributes whose value is one, and is meant to be taken for one.
var addresses = []string{"href", "src", "action", "poster"}

// What a template writes into an attribute is what a module of the browser reads there. The template engine takes some names,
// such as data-on…, for scripts or styles and quotes what they hold; none of those may be used.
func TestAttributesArriveAsWritten(t *testing.T) {
	const value = `reuse/ä"<&'{ b};c()`
	names := map[string]string{}
	for file, text := range sources(t, templateFiles, "templates/*.html") {
		for _, m := range attribute.FindAllStringSubmatch(text, -1) {
			names[m[1]] = file
		}
	}
	if len(names) < 10 {
		t.Fatalf("%d attributes are filled in, want those of all pages", len(names))
	}
	for name, file := range names {
		if !arrives(t, name, value) && !isAddress(name) {
			t.Errorf("%s: what is written into %s= arrives as something else; give the attribute another name", file, name)
		}
	}
	if arrives(t, "data-on", value) {
		t.Errorf("data-on arrives as written: this test tests nothing")
	}
}

func isAddress(name string) bool {
	for _, a := range addresses {
		if a == name {
			return true
		}
	}
	return false
}

// arrives reports whether a browser reads the value that a template writes into an attribute.
func arrives(t *testing.T, name, value string) bool {
	t.Helper()
	page, err := template.New("").Parse("<p " + name + `="{{.}}">`)
	if err != nil {
		return false
	}
	var b bytes.Buffer
	if err := page.Execute(&b, value); err != nil {
		return false
	}
	_, written, _ := strings.Cut(b.String(), `="`)
	return html.UnescapeString(strings.TrimSuffix(written, `">`)) == value
}

// read matches what a module reads of the attributes of an element.
var read = regexp.MustCompile(`dataset\.([A-Za-z]+)`)

var action = regexp.MustCompile(`\{\{[^}]*\}\}`)

// An attribute that a module of the browser reads is one that a template or a module writes.
func TestModulesReadWhatIsWritten(t *testing.T) {
	var written strings.Builder
	for _, text := range sources(t, templateFiles, "templates/*.html") {
		written.WriteString(action.ReplaceAllString(text, ""))
	}
	modules := sources(t, staticFiles, "static/*.js")
	for _, text := range modules {
		written.WriteString(text)
	}
	dashed := regexp.MustCompile(`[A-Z]`)
	for file, text := range modules {
		for _, m := range read.FindAllStringSubmatch(text, -1) {
			name := "data-" + strings.ToLower(dashed.ReplaceAllString(m[1], "-$0"))
			set := regexp.MustCompile(`dataset\.` + m[1] + ` = |` + name + `["=\s>]`)
			if !set.MatchString(written.String()) {
				t.Errorf("%s reads dataset.%s, and nothing writes %s", file, m[1], name)
			}
		}
	}
}

// sources returns embedded files by name.
func sources(t *testing.T, files fs.FS, pattern string) map[string]string {
	t.Helper()
	names, err := fs.Glob(files, pattern)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(b)
	}
	return out
}
