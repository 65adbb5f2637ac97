package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%[-+0-9.\[\]]*[a-z%]`)

func TestLanguagesHoldTheSameKeysAndVerbs(t *testing.T) {
	de, en := In(German).Table(""), In(English).Table("")
	n := 0
	for _, table := range In(English).tables() {
		n += len(table)
	}
	if len(en) != n {
		t.Errorf("%d keys in %d texts: a key is in two tables", len(en), n)
	}
	for key, text := range en {
		german, ok := de[key]
		if !ok {
			t.Errorf("German lacks %q", key)
			continue
		}
		if got, want := verb.FindAllString(german, -1), verb.FindAllString(text, -1); !slices.Equal(got, want) {
			t.Errorf("%q: German has verbs %v, English %v", key, got, want)
		}
		if text == "" || german == "" {
			t.Errorf("%q has an empty text", key)
		}
	}
	for key := range de {
		if _, ok := en[key]; !ok {
			t.Errorf("English lacks %q", key)
		}
	}
}

// Texts have the quotation marks of their language. Examples are typed into a shell, whose marks are straight.
func TestQuotationMarks(t *testing.T) {
	for lang, wrong := range map[Lang]string{German: "”»«\"", English: "„»«\""} {
		for key, text := range In(lang).Table("") {
			if strings.HasPrefix(key, "example.") {
				continue
			}
			if i := strings.IndexAny(text, wrong); i >= 0 {
				t.Errorf("%s: %q has the quotation mark %q: %q", lang, key, text[i:i+1], text)
			}
			open, shut := "„", "“"
			if lang == English {
				open, shut = "“", "”"
			}
			if n, m := strings.Count(text, open), strings.Count(text, shut); n != m || strings.Index(text, open) > strings.Index(text, shut) {
				t.Errorf("%s: %q opens %d quotations and ends %d: %q", lang, key, n, m, text)
			}
		}
	}
}

// No text has a line end that was written as two characters, or ends in white space.
func TestTextsAreWhole(t *testing.T) {
	for _, lang := range []Lang{German, English} {
		for key, text := range In(lang).Table("") {
			if strings.Contains(text, `\n`) || strings.Contains(text, `\t`) {
				t.Errorf("%s: %q has an escape that was not one: %q", lang, key, text)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		name, flag string
		env        map[string]string
		want       Lang
	}{
		{"nothing set", "", nil, English},
		{"LANG German", "", map[string]string{"LANG": "de_DE.UTF-8"}, German},
		{"LC_ALL wins over LANG", "", map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, English},
		{"flag wins", "en", map[string]string{"LANG": "de_DE.UTF-8"}, English},
		{"flag German", "de", nil, German},
		{"another language", "", map[string]string{"LANG": "fr_FR"}, English},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Choose(tt.flag, func(name string) string { return tt.env[name] })
			if got != tt.want {
				t.Errorf("Choose(%q, %v) = %q, want %q", tt.flag, tt.env, got, tt.want)
			}
		})
	}
}

func TestSay(t *testing.T) {
	if got, want := In(English).Count("count.item", 1), "1 item"; got != want {
		t.Errorf("Count(1) = %q, want %q", got, want)
	}
	if got, want := In(German).Count("count.item", 3), "3 Stücke"; got != want {
		t.Errorf("Count(3) = %q, want %q", got, want)
	}
	if got, want := In(German).Maybe("state.", "somethingelse"), "somethingelse"; got != want {
		t.Errorf("Maybe = %q, want %q", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Errorf("Say of an unknown key did not panic")
		}
	}()
	In(English).Say("no.such.key")
}
