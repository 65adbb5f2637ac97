package intake

import (
	"errors"
	"strings"
	"testing"

	"beleg/internal/store"
)

func TestReadTable(t *testing.T) {
	tests := []struct {
		name, table, file string
		want              store.Appearance
	}{
		{"tabs", "file\tfirst_seen\toutlet\na.mp4\t2014-05\tKanal 1\n", "a.mp4",
			store.Appearance{Date: "2014-05", How: store.Stated, Source: "t line 2", Outlet: "Kanal 1"}},
		{"semicolons, German, byte order mark", "\ufeffDateiname;Veröffentlicht;Sender;Ort\r\na.mp4;2014~;Kanal 1;Aleppo\r\n", "a.mp4",
			store.Appearance{Date: "2014~", How: store.Stated, Source: "t line 2", Outlet: "Kanal 1", Place: "Aleppo"}},
		{"quoted commas", "File Name,First-Seen,Title\n\"a, b.mp4\",2014/2016,\"A, B\"\n", "a, b.mp4",
			store.Appearance{Date: "2014/2016", How: store.Stated, Source: "t line 2", Title: "A, B"}},
		{"last element of a name in a folder", "file,date\na.mp4,2014\n", "deep/a.mp4",
			store.Appearance{Date: "2014", How: store.Stated, Source: "t line 2"}},
		{"backslashes and dots", "path,date,URL\n.\\deep\\a.mp4,2014,https://example.org\n", "deep/a.mp4",
			store.Appearance{Date: "2014", How: store.Stated, Source: "t line 2", URL: "https://example.org"}},
		{"no date", "file,outlet\na.mp4,Kanal\n", "a.mp4", store.Appearance{How: store.Stated, Source: "t line 2", Outlet: "Kanal"}},
		{"a line after a quoted line break", "file,note,date\nx,\"two\nlines\",\na.mp4,,2013\n", "a.mp4",
			store.Appearance{Date: "2013", How: store.Stated, Source: "t line 4"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table, err := ReadTable("t", strings.NewReader(tt.table))
			if err != nil {
				t.Fatal(err)
			}
			rows := table.Rows(tt.file)
			if len(rows) != 1 || rows[0].Appearance != tt.want {
				t.Errorf("Rows(%q) = %+v, want %+v", tt.file, rows, tt.want)
			}
		})
	}
}

func TestReadTableRefuses(t *testing.T) {
	tests := []struct {
		name, table string
		want        error
	}{
		{"empty", "", ErrTable},
		{"no column for the file", "what,date\na,2014\n", ErrTableFile},
		{"a date that is none", "file,date\na.mp4,last May\n", ErrTable},
		{"a line without a file", "file,date\n,2014\n", ErrTable},
		{"a short line", "file,date\na.mp4\n", ErrTable},
		{"not UTF-8", "file,date\nb\xe4r.mp4,2014\n", ErrTable},
		{"a stray quote", "file,date\n\"a.mp4,2014\n", ErrTable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadTable("t", strings.NewReader(tt.table)); !errors.Is(err, tt.want) {
				t.Errorf("ReadTable = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestNilTableHasNoRows(t *testing.T) {
	var table *Table
	if got := table.Rows("a"); len(got) != 0 {
		t.Errorf("Rows of a nil table = %v, want none", got)
	}
	if got := table.Unused(func(string) bool { return false }); len(got) != 0 {
		t.Errorf("Unused of a nil table = %v, want none", got)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add("file,first_seen\na.mp4,2014-05\n")
	f.Add("Datei;Datum\n\"x\";2014~\n")
	f.Add("file\tdate\na\t[2014,2016]\n")
	f.Fuzz(func(t *testing.T, s string) {
		table, err := ReadTable("t", strings.NewReader(s)) // refusing is fine, panicking is not
		if err != nil {
			return
		}
		for _, r := range table.Unused(func(string) bool { return false }) {
			if len(table.Rows(r.File)) == 0 {
				t.Errorf("line %d names %q, which finds no line", r.Line, r.File)
			}
		}
	})
}
