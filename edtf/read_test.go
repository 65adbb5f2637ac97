package edtf

import (
	"errors"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		err        error
	}{
		{"2014", "2014", nil},
		{"2014-05~", "2014-05~", nil},
		{" 2014/2016 ", "2014/2016", nil},
		{"März 2018", "2018-03", nil},
		{"maerz 2018", "2018-03", nil},
		{"March 2018", "2018-03", nil},
		{"Mai 2014", "2014-05", nil},
		{"May 2014", "2014-05", nil},
		{"im Mai 2014", "2014-05", nil},
		{"3.5.2014", "2014-05-03", nil},
		{"03. 05. 2014", "2014-05-03", nil},
		{"3. Mai 2014", "2014-05-03", nil},
		{"am 3. Mai 2014", "2014-05-03", nil},
		{"3 May 2014", "2014-05-03", nil},
		{"3rd of May 2014", "2014-05-03", nil},
		{"May 3, 2014", "2014-05-03", nil},
		{"Sep 3 2014", "2014-09-03", nil},
		{"Sept. 2014", "2014-09", nil},
		{"Okt. 2016", "2016-10", nil},
		{"5/2014", "2014-05", nil},
		{"5.2014", "2014-05", nil},
		{"2014-5-3", "2014-05-03", nil},
		{"25/5/2014", "2014-05-25", nil},
		{"5/25/2014", "2014-05-25", nil},
		{"5/5/2014", "2014-05-05", nil},
		{"Sommer 2015", "2015-22", nil},
		{"autumn 2015", "2015-23", nil},
		{"um 2014", "2014~", nil},
		{"about May 2014", "2014-05~", nil},
		{"ca. 2014", "2014~", nil},
		{"3/5/2014", "", ErrAmbiguous},
		{"", "", ErrWords},
		{"soon", "", ErrWords},
		{"May", "", ErrWords},
		{"3.5.14", "", ErrWords},
		{"31.2.2014", "", ErrSyntax},
		{"13/2014", "", ErrSyntax},
		{"22/2014", "", ErrSyntax},
		{"3. Sommer 2014", "", ErrWords},
		{"0.0.2014", "", ErrSyntax},
		{"P3Y", "", ErrUnsupported},
	} {
		d, err := Read(tt.text)
		if d.String() != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Read(%q) = %q, %v, want %q, %v", tt.text, d, err, tt.want, tt.err)
		}
	}
}

// What we say in words we also read, for everything that is a plain day, month, season or year.
func TestReadWhatIsSaid(t *testing.T) {
	for _, date := range []string{"2014", "2014-05", "2014-05-03", "2014-12-31", "2015-21", "2015-24", "2014~"} {
		d, err := Parse(date)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"de", "en"} {
			if got, err := Read(d.Human(lang)); err != nil || got.String() != date {
				t.Errorf("Read(%q) = %q, %v, want %q", d.Human(lang), got, err, date)
			}
		}
	}
}

func TestAfter(t *testing.T) {
	now := time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		date string
		want bool
	}{{"2026", false}, {"2026-12", false}, {"2026-12-02", false}, {"2026-12-03", true}, {"2099-01-01", true}, {"../2099", false}, {"2014/2099", false}, {"2027", true}} {
		d, err := Parse(tt.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.After(now); got != tt.want {
			t.Errorf("%s After(%v) = %v, want %v", tt.date, now, got, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"3. Mai 2014", "5/25/2014", "about 2014", "2014~", "Sommer 2015"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Read(s) // refusing is fine, panicking is not
		if err != nil {
			return
		}
		if again, err := Parse(d.String()); err != nil || again.String() != d.String() {
			t.Errorf("Read(%q) = %q, which parses as %q, %v", s, d, again, err)
		}
	})
}
