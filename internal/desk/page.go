package desk

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
	"beleg/internal/words"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages are the templates of one language, by name.
type pages map[string]*template.Template

// readPages parses every page over the layout, once per language.
func readPages() (map[words.Lang]*pages, error) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	out := map[words.Lang]*pages{}
	for _, lang := range []words.Lang{words.German, words.English} {
		set := pages{}
		base := template.New("layout.html").Funcs(functions(words.In(lang)))
		if base, err = base.ParseFS(templateFiles, "templates/layout.html", "templates/part-*.html"); err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "/layout.html") || strings.HasPrefix(path.Base(name), "part-") {
				continue
			}
			t, err := base.Clone()
			if err == nil {
				t, err = t.ParseFS(templateFiles, name)
			}
			if err != nil {
				return nil, fmt.Errorf("read template %s: %w", name, err)
			}
			set[strings.TrimSuffix(path.Base(name), ".html")] = t
		}
		out[lang] = &set
	}
	return out, nil
}

// functions are what templates can call.
func functions(w words.Words) template.FuncMap {
	return template.FuncMap{
		"quote": w.Quote, "say": w.Say, "count": w.Count, "maybe": w.Maybe,
		"short":      func(id string) string { return id[:min(12, len(id))] },
		"date":       func(s string) string { return dateWords(w, s) },
		"time":       func(s any) string { return timeWords(w, s) },
		"clock":      func(ms int64) string { return clock(ms) },
		"apart":      func(a *casework.Apart) string { return a.In(w) },
		"stretch":    func(from, to int64) string { return casework.Stretch(w, from, to) },
		"size":       func(n int64) string { return sizeWords(w, n) },
		"percent":    func(f float64) string { return w.Printf("%.0f %%", f*100) },
		"since":      func(list []store.Appearance) store.Since { return store.SinceOf(list) },
		"appearance": func(a store.Appearance) string { return appearanceWords(w, a) },
		"asset":      asset,
		"origin":     func(a store.Appearance) string { return originWords(w, a) },
		"entry":      func(e casefile.Entry) string { return entryWords(w, e) },
		"claimhash":  claimHash,
		"figureform": func() figureForm { return theFigureForm },
		"subject":    func(kind, id string) casefile.Subject { return casefile.On(kind, id) },
		"reporter":   func(p accounts.Person) bool { return p.Role >= accounts.Reporter },
		"admin":      func(p accounts.Person) bool { return p.Role == accounts.Admin },
		"change":     func(c accounts.Change) string { return ChangeWords(w, c) },
		"add":        func(a, b int) int { return a + b },
		"when":       when,
		"list":       func(v ...any) []any { return v },
		"dict":       dict,
		"told":       func(r reuseView) bool { return r.told() },
		"faint":      faintOf,
		"name":       displayName,
		"ms":         func(ns int64) int64 { return ns / 1e6 },
		"seconds":    func(ms int64) string { return fmt.Sprintf("%.3f", float64(ms)/1000) },
	}
}

// dict makes a map of pairs, so that a part of a page can be given several things.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// A view is what the layout shows around a page.
type view struct {
	Lang    string
	Title   string
	Name    string // of the page
	Path    string // with its query
	Theme   string // light or dark by choice; "" follows the system
	Who     accounts.Person
	Alone   bool // nobody signs in or out
	Exposed int  // graphic pictures asked for today
	Data    any
	Since   uint64            // entry of the log up to which the page knows what was decided
	Words   map[string]string // texts of the browser's modules
}

// page answers with a page.
func (d *Desk) page(q *request, status int, name, title string, data any) error {
	t := (*d.pages[q.words.Lang()])[name]
	if t == nil {
		panic("desk: no template " + name)
	}
	v := view{Lang: string(q.words.Lang()), Title: title, Name: name, Path: q.URL.RequestURI(), Theme: themeOf(q.Request), Who: q.who, Alone: d.Local != "", Data: data, Since: q.since, Words: q.words.Table("js.")}
	if q.Method != http.MethodGet {
		v.Path = "/"
	}
	if q.who.Name != "" {
		n, err := d.Accounts.Exposed(q.Context(), q.who.Name)
		if err != nil {
			return err
		}
		v.Exposed = n
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", v); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.WriteHeader(status)
	_, _ = b.WriteTo(q.w) // an error here means that the browser has gone
	return nil
}

// static answers with an asset. Its name carries a hash, so that a browser may keep it.
func (d *Desk) static(q *request) error {
	name := q.PathValue("name")
	b, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return errNotFound
	}
	h := q.w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	if path.Ext(name) == ".js" {
		h.Set("Content-Type", "text/javascript; charset=utf-8")
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+digestOf(b)+`"`)
	http.ServeContent(q.w, q.Request, name, time.Time{}, bytes.NewReader(b))
	return nil
}

func asset(name string) string { return "/static/" + name }

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}
