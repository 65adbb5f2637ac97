package eval

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Families makes in dir a copy of the footage folder that knows which photographs are versions of one picture: links to its
// files, and a MANIFEST.tsv in which the photographs of a family (the table at families: file, family) share a group, so that the
// scorer does not call one wrong while another is on air. A host that has a family is left out: the truth would say that its broadcast
// shows nothing of the archive, and it does. dir is made and must not exist.
func Families(footage, families, dir string) (grouped, dropped int, err error) {
	family, err := readTable(families)
	if err != nil {
		return 0, 0, err
	}
	manifest, err := readTable(filepath.Join(footage, "MANIFEST.tsv"))
	if err != nil {
		return 0, 0, err
	}
	of := map[string]string{}
	for _, r := range family[1:] {
		of[r[0]] = r[1]
	}
	file, role, group := slices.Index(manifest[0], "file"), slices.Index(manifest[0], "role"), slices.Index(manifest[0], "group")
	if file < 0 || role < 0 || group < 0 {
		return 0, 0, fmt.Errorf("read manifest of %s: no columns file, role and group", footage)
	}
	out := manifest[:1]
	for _, r := range manifest[1:] {
		f, ok := of[r[file]]
		if ok && r[role] == "host" {
			dropped++
			continue
		}
		if ok {
			r[group] = f
			grouped++
		}
		out = append(out, r)
	}
	if grouped+dropped != len(of) {
		return 0, 0, fmt.Errorf("%s names %d photographs, and %s has %d of them", families, len(of), footage, grouped+dropped)
	}
	return grouped, dropped, linkAll(footage, dir, out)
}

// linkAll makes dir with a link to each file of from, and the manifest.
func linkAll(from, dir string, manifest [][]string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	from, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || e.Name() == "MANIFEST.tsv" {
			continue
		}
		if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	f, err := os.Create(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Comma = '\t'
	err = w.WriteAll(manifest)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// readTable reads a tab-separated table with at least its header and two columns.
func readTable(name string) ([][]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(rows) == 0 || len(rows[0]) < 2 {
		return nil, fmt.Errorf("read %s: no table", name)
	}
	return rows, nil
}
