package desk

import (
	"strings"
	"testing"
	"time"

	"beleg/edtf"
	"beleg/internal/words"
)

// Unsure dates are said with the names of months that CLDR has.
func TestMonthsAreThoseOfCLDR(t *testing.T) {
	for _, lang := range []words.Lang{words.German, words.English} {
		w := words.In(lang)
		for m := time.January; m <= time.December; m++ {
			at := time.Date(2016, m, 6, 0, 0, 0, 0, time.UTC)
			d, err := edtf.Parse(at.Format("2006-01"))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := d.Human(string(lang)), w.Month(at); got != want {
				t.Errorf("%s: edtf says %q, CLDR %q", lang, got, want)
			}
			if got, want := edtf.Day(at).Human(string(lang)), w.Date(at); got != want {
				t.Errorf("%s: edtf says %q, CLDR %q", lang, got, want)
			}
		}
	}
}

func TestDateWords(t *testing.T) {
	for date, want := range map[string][2]string{
		"2013~": {"um 2013", "about 2013"}, "2014-05": {"Mai 2014", "May 2014"}, "2016-10-06T20:15:00Z": {"6. Oktober 2016", "6 October 2016"},
		"2014/2016": {"2014 bis 2016", "2014 to 2016"}, "": {"unbekannt", "unknown"}, "no date": {"no date", "no date"},
	} {
		for i, lang := range []words.Lang{words.German, words.English} {
			if got := dateWords(words.In(lang), date); got != want[i] {
				t.Errorf("%s: dateWords(%q) = %q, want %q", lang, date, got, want[i])
			}
		}
	}
}

func TestSizeWords(t *testing.T) {
	for n, want := range map[int64][2]string{1: {"1 Byte", "1 byte"}, 999: {"999 Byte", "999 bytes"}, 1500: {"1,5 KB", "1.5 KB"}, 123_400_000: {"123 MB", "123 MB"}} {
		for i, lang := range []words.Lang{words.German, words.English} {
			if got := sizeWords(words.In(lang), n); !strings.EqualFold(got, want[i]) {
				t.Errorf("%s: sizeWords(%d) = %q, want %q", lang, n, got, want[i])
			}
		}
	}
}
