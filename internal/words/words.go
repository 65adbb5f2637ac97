package words

import (
	"strings"
)

// A Lang is a language Beleg speaks.
type Lang string

// The languages Beleg speaks.
const (
	German  Lang = "de"
	English Lang = "en"
)

// Words are the texts of one language. The zero Words speak English.
type Words struct {
	lang Lang
}

// In returns the texts of lang; an unknown lang gives English.
func In(lang Lang) Words {
	return Words{lang}
}

// Choose returns the language a person asked for: the flag if it is set, else the
// first of the locale settings that is set (LC_ALL, LC_MESSAGES, LANG, in that order).
func Choose(flag string, getenv func(string) string) Lang {
	asked := flag
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if asked == "" {
			asked = getenv(name)
		}
	}
	if strings.HasPrefix(strings.ToLower(asked), "de") {
		return German
	}
	return English
}

// Lang returns the language of w.
func (w Words) Lang() Lang {
	if w.lang == German {
		return German
	}
	return English
}

// Say returns the text of key with args filled in. It panics on a key that does
// not exist: keys are constants of the program, never input.
func (w Words) Say(key string, args ...any) string {
	text, ok := w.find(key)
	if !ok {
		panic("words: no text for " + key)
	}
	if len(args) == 0 {
		return text
	}
	return w.Printf(text, args...)
}

// Count returns the text of key for n things: key+".1" for one, key+".n" else, as the language counts.
func (w Words) Count(key string, n int) string {
	if w.one(n) {
		return w.Say(key + ".1")
	}
	return w.Say(key+".n", n)
}

// Maybe returns the text of prefix+word, or word itself when there is none. It is
// for values that other packages name, such as states and transforms.
func (w Words) Maybe(prefix, word string) string {
	if text, ok := w.find(prefix + word); ok {
		return text
	}
	return word
}

// Table returns the texts whose key begins with prefix, by the rest of their key.
func (w Words) Table(prefix string) map[string]string {
	out := map[string]string{}
	for _, table := range w.tables() {
		for key, text := range table {
			if rest, ok := strings.CutPrefix(key, prefix); ok {
				out[rest] = text
			}
		}
	}
	return out
}

func (w Words) find(key string) (string, bool) {
	for _, table := range w.tables() {
		if text, ok := table[key]; ok {
			return text, true
		}
	}
	return "", false
}

// tables are the texts of a language: those of the commands, of the desk, and of claims and cases there.
func (w Words) tables() []map[string]string {
	if w.lang == German {
		return []map[string]string{
			german,
			germanBoard,
			germanCase,
			germanFiles,
			germanCustody,
			germanDesk,
			germanDetail,
			germanFigure,
			germanMatch,
			germanItems,
			germanTeam,
			germanJourney,
		}
	}
	return []map[string]string{
		english,
		englishBoard,
		englishCase,
		englishFiles,
		englishCustody,
		englishDesk,
		englishDetail,
		englishFigure,
		englishMatch,
		englishItems,
		englishTeam,
		englishJourney,
	}
}
