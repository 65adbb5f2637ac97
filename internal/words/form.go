package words

import (
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// tag is the language of w. The English is that of Britain, whose dates begin with the day as the German ones do.
func (w Words) tag() language.Tag {
	if w.lang == German {
		return language.German
	}
	return language.BritishEnglish
}

// Printf fills args into a text: numbers are written as the language writes them, 1.234,5 or 1,234.5.
func (w Words) Printf(text string, args ...any) string {
	return message.NewPrinter(w.tag()).Sprintf(text, args...)
}

// one reports whether n things take the form of one in the language, by the rules of CLDR.
func (w Words) one(n int) bool {
	return plural.Cardinal.MatchPlural(w.tag(), max(n, -n), 0, 0, 0, 0) == plural.One
}

// Quote puts s between the quotation marks of the language.
func (w Words) Quote(s string) string {
	if w.lang == German {
		return "„" + s + "“"
	}
	return "“" + s + "”"
}

// locale holds the names and the order of dates, from CLDR.
func (w Words) locale() locales.Translator {
	if w.lang == German {
		return de.New()
	}
	return en_GB.New()
}

// Date writes a day: 6. Oktober 2016, 6 October 2016.
func (w Words) Date(t time.Time) string { return w.locale().FmtDateLong(t) }

// Month writes a month of a year: Oktober 2016, October 2016.
func (w Words) Month(t time.Time) string {
	l := w.locale()
	return l.MonthWide(t.Month()) + " " + t.Format("2006")
}

// Time writes an instant in UTC, to the minute, in the shorter form: 06.10.2016, 15:04 UTC; 6 Oct 2016, 15:04 UTC.
func (w Words) Time(t time.Time) string {
	t = t.UTC()
	l := w.locale()
	return l.FmtDateMedium(t) + ", " + l.FmtTimeShort(t) + " UTC"
}
