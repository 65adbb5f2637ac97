package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"beleg/edtf"
	"beleg/internal/store"
)

// Errors of [ReadTable]. The message names the line and what is accepted.
var (
	ErrTable     = errors.New("intake: table cannot be read")
	ErrTableFile = errors.New("intake: table has no column that names the file")
)

// A Table says things about files, one a line.
type Table struct {
	rows   []Row
	byName map[string][]int // rows by the file they name
}

// A Row is one line of a [Table].
type Row struct {
	Line       int    // in the table, from 1
	File       string // as the table has it, with slashes, composed as [SameName] does
	Appearance store.Appearance
	Kind       string
	Purpose    string
	Note       string
}

// maxTable bounds a table: 64 MiB is about half a million lines.
const maxTable = 64 << 20

// columns are the headings we know, folded as [fold] does, by what they mean. Of
// several headings with one meaning in a table, the one named first here counts.
var columns = map[string][]string{
	"file":       {"file", "filename", "filepath", "path", "archivefile", "name", "datei", "dateiname", "pfad"},
	"first_seen": {"firstseen", "firstappearance", "published", "publicationdate", "publishdate", "uploaddate", "date", "erstmals", "zuerstgesehen", "veroeffentlicht", "datum"},
	"outlet":     {"outlet", "publisher", "channel", "uploader", "medium", "sender", "kanal"},
	"place":      {"place", "location", "ort"},
	"url":        {"url", "link", "webpageurl", "address", "adresse"},
	"title":      {"title", "headline", "titel"},
	"note":       {"note", "notes", "comment", "remark", "notiz", "bemerkung", "anmerkung"},
	"purpose":    {"purpose", "reason", "zweck"},
	"kind":       {"kind", "art"},
}

// ReadTable reads a table with a heading line, fields parted by tab, semicolon or
// comma. name is how messages and appearances call it. A column that names the
// file is needed, every other is optional and unknown ones are left alone.
func ReadTable(name string, r io.Reader) (*Table, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", name, err)
	}
	if len(b) > maxTable {
		return nil, fmt.Errorf("%w: %s is larger than %d MiB; give it in parts", ErrTable, name, maxTable>>20)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%w: %s is not UTF-8; save it as UTF-8 text", ErrTable, name)
	}
	lines := csv.NewReader(bytes.NewReader(b))
	lines.Comma = separator(b)
	lines.LazyQuotes = lines.Comma == '\t' // tab tables seldom quote, but their texts hold quotes
	heading, err := lines.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: %s has no heading line: %w", ErrTable, name, err)
	}
	at := locate(heading)
	if _, ok := at["file"]; !ok {
		return nil, fmt.Errorf("%w: %s has %s; one of them must be called %s", ErrTableFile, name,
			strings.Join(heading, ", "), strings.Join(columns["file"][:3], ", "))
	}
	t := &Table{byName: map[string][]int{}}
	for {
		fields, err := lines.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrTable, name, err)
		}
		line, _ := lines.FieldPos(0)
		if err := t.add(name, line, at, fields); err != nil {
			return nil, err
		}
	}
}

// separator is the one of tab, semicolon and comma that the heading line has most of.
func separator(b []byte) rune {
	heading, _, _ := bytes.Cut(b, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(heading, []byte(string(c))) > bytes.Count(heading, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// locate returns the position of each column we know.
func locate(heading []string) map[string]int {
	folded := make([]string, len(heading))
	for i, h := range heading {
		folded[i] = fold(h)
	}
	at := map[string]int{}
	for meaning, names := range columns {
		for _, name := range names {
			if i := slices.Index(folded, name); i >= 0 {
				at[meaning] = i
				break
			}
		}
	}
	return at
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", " ", "", "_", "", "-", "", ".", "")

// fold makes headings comparable: lower case, no spaces, dashes or underscores.
func fold(heading string) string {
	return umlauts.Replace(strings.ToLower(strings.TrimSpace(heading)))
}

func (t *Table) add(table string, line int, at map[string]int, fields []string) error {
	get := func(meaning string) string {
		if i, ok := at[meaning]; ok {
			return strings.TrimSpace(fields[i])
		}
		return ""
	}
	r := Row{Line: line, File: SameName(path.Clean(strings.ReplaceAll(get("file"), `\`, "/"))), Purpose: get("purpose"), Note: get("note")}
	if get("file") == "" {
		return fmt.Errorf("%w: %s line %d names no file", ErrTable, table, line)
	}
	r.Appearance = store.Appearance{
		Date: get("first_seen"), How: store.Stated, Source: fmt.Sprintf("%s line %d", table, line),
		Outlet: get("outlet"), Place: get("place"), URL: get("url"), Title: get("title"),
	}
	if words := r.Appearance.Date; words != "" {
		d, err := edtf.Read(words)
		if err != nil {
			return fmt.Errorf("%w: %s line %d: date %q: %w", ErrTable, table, line, words, err)
		}
		if r.Appearance.Date = d.String(); r.Appearance.Date != words {
			r.Appearance.Words = words
		}
	}
	if k := get("kind"); slices.Contains(Kinds, k) {
		r.Kind = k
	}
	t.byName[r.File] = append(t.byName[r.File], len(t.rows))
	t.rows = append(t.rows, r)
	return nil
}

// Kinds are the kinds of item a person can state.
var Kinds = []string{store.Broadcast, store.Clip, store.Photo, store.Article, store.Document}

// Rows returns the lines that speak of the file with this name: those with the whole
// name, else those with its last element alone. A nil table has none.
func (t *Table) Rows(name string) []Row {
	if t == nil {
		return nil
	}
	name = SameName(name)
	at, ok := t.byName[name]
	if !ok {
		at = t.byName[path.Base(name)]
	}
	rows := make([]Row, len(at))
	for i, k := range at {
		rows[i] = t.rows[k]
	}
	return rows
}

// Unused returns the lines whose file is not among the names seen.
func (t *Table) Unused(seen func(name string) bool) (rows []Row) {
	if t == nil {
		return nil
	}
	for _, r := range t.rows {
		if !seen(r.File) {
			rows = append(rows, r)
		}
	}
	return rows
}
