package words

import (
	"regexp"
	"slices"
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
