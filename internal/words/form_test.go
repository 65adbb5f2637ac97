package words

import (
	"errors"
	"testing"
	"time"
)

func TestPrintf(t *testing.T) {
	for _, tt := range []struct {
		text   string
		args   []any
		de, en string
	}{
		{"%d", []any{1234567}, "1.234.567", "1,234,567"},
		{"%d", []any{uint64(1234)}, "1.234", "1,234"},
		{"%d", []any{-2}, "-2", "-2"},
		{"%.2f", []any{0.971}, "0,97", "0.97"},
		{"%.0f %%", []any{97.1}, "97 %", "97 %"},
		{"%s (%[3]d of %[2]s)", []any{"a", "b", 3}, "a (3 of b)", "a (3 of b)"},
		{"%q: %v", []any{"a\n", errors.New("no")}, `"a\n": no`, `"a\n": no`},
		{"%s", []any{"%d"}, "%d", "%d"},
	} {
		for lang, want := range map[Lang]string{German: tt.de, English: tt.en} {
			if got := In(lang).Printf(tt.text, tt.args...); got != want {
				t.Errorf("%s: Printf(%q, %v) = %q, want %q", lang, tt.text, tt.args, got, want)
			}
		}
	}
}

func TestCountForms(t *testing.T) {
	for n, want := range map[int][2]string{0: {"0 Stücke", "0 items"}, 1: {"1 Stück", "1 item"}, 2: {"2 Stücke", "2 items"}, 21: {"21 Stücke", "21 items"}, 10_000: {"10.000 Stücke", "10,000 items"}} {
		for i, lang := range []Lang{German, English} {
			if got := In(lang).Count("count.item", n); got != want[i] {
				t.Errorf("%s: Count(%d) = %q, want %q", lang, n, got, want[i])
			}
		}
	}
}

func TestDates(t *testing.T) {
	at := time.Date(2016, 10, 6, 15, 4, 5, 0, time.FixedZone("", 3600))
	for lang, want := range map[Lang][3]string{
		German:  {"6. Oktober 2016", "Oktober 2016", "06.10.2016, 14:04 UTC"},
		English: {"6 October 2016", "October 2016", "6 Oct 2016, 14:04 UTC"},
	} {
		w := In(lang)
		if got := [3]string{w.Date(at), w.Month(at), w.Time(at)}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
