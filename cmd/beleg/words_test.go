package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"beleg/internal/words"
)

// TestEveryKeyHasItsText looks up each key that the program says, in both languages.
func TestEveryKeyHasItsText(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []words.Lang{words.English, words.German} {
		texts := words.In(lang).Table("")
		for _, name := range files {
			for key, suffixes := range keysIn(t, name) {
				for _, suffix := range suffixes {
					if _, ok := texts[key+suffix]; !ok {
						t.Errorf("%s: %s has no text for %q", name, lang, key+suffix)
					}
				}
			}
		}
		for _, c := range causes {
			if _, ok := texts[c.key]; !ok {
				t.Errorf("%s has no text for %q, the cause %v", lang, c.key, c.err)
			}
		}
	}
}

// keysIn returns the constant keys that a file hands to Say, warn and Count, with the suffixes each is looked up with.
func keysIn(t *testing.T, name string) map[string][]string {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string][]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		literal, isText := call.Args[0].(*ast.BasicLit)
		if !ok || !isText || literal.Kind != token.STRING {
			return true
		}
		key, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		switch method.Sel.Name {
		case "Say", "warn":
			keys[key] = []string{""}
		case "Count":
			keys[key] = []string{".1", ".n"}
		}
		return true
	})
	return keys
}

// TestHelpOfEveryCommand prints the help of each command in both languages; it names the command and has examples.
func TestHelpOfEveryCommand(t *testing.T) {
	for _, lang := range []words.Lang{words.English, words.German} {
		a := &app{Words: words.In(lang), env: func(string) string { return "" }}
		var c cli
		parser, err := a.newParser(&c)
		if err != nil {
			t.Fatal(err)
		}
		for _, node := range parser.Model.Children {
			if node.Type == kong.CommandNode && a.Maybe("example."+node.Name, "") == "" {
				t.Errorf("%s: beleg %s has no examples", lang, node.Name)
			}
			if node.Help == "" {
				t.Errorf("%s: beleg %s has no help", lang, node.Name)
			}
		}
	}
}

// Names come from strangers: none may steer the terminal or forge a line of its own.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"clip.mp4":            "clip.mp4",
		"Brücke – Алеппо.mp4": "Brücke – Алеппо.mp4",
		"a\x1b[2Jb":           `a\x1b[2Jb`,
		"caf\xe9":             `caf\xe9`,
		"bidi\u202egpj.exe":   `bidi\u202egpj.exe`,
		"two\nlines":          "two\n  lines",
		"carriage\rreturn":    `carriage\rreturn`,
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

// raw is what no person should read: verbs of fmt, escapes, names of packages, Go types.
var raw = regexp.MustCompile(`(?m)%!|%[a-z]\b|\\n|\\t|<nil>|(?:^|: |\()(?:accounts|casefile|casework|claim|custody|desk|document|edtf|fingerprint|index|intake|match|reader|store|video|words): |\*?\w+\.\w+Error\b`)

// Every command and every command within one has help with an example of its very own, in both languages.
func TestEveryHelp(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		a := &app{Words: words.In(words.Lang(lang)), env: func(string) string { return "" }}
		var c cli
		parser, err := a.newParser(&c)
		if err != nil {
			t.Fatal(err)
		}
		err = kong.Visit(parser.Model, func(v kong.Visitable, next kong.Next) error {
			node, ok := v.(*kong.Node)
			if !ok {
				if app, isApp := v.(*kong.Application); isApp {
					node, ok = app.Node, true
				}
			}
			if ok && !node.Hidden && node.Type != kong.ArgumentNode {
				helpOf(t, lang, node.Path())
			}
			return next(nil)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func helpOf(t *testing.T, lang, path string) {
	t.Helper()
	var out, errs strings.Builder
	a := &app{in: strings.NewReader(""), out: &out, err: &errs, env: func(string) string { return "" }}
	args := append([]string{"--lang", lang}, append(strings.Fields(path), "--help")...)
	if status := a.run(t.Context(), args); status != done {
		t.Errorf("%s: beleg %s --help ended with status %d: %s", lang, path, status, errs.String())
	}
	if found := raw.FindString(out.String()); found != "" {
		t.Errorf("%s: beleg %s --help says %q:\n%s", lang, path, found, out.String())
	}
	label := words.In(words.Lang(lang)).Say("help.examples")
	_, examples, ok := strings.Cut(out.String(), "\n"+label+"\n")
	if !ok || !strings.Contains(examples, strings.TrimSpace("beleg "+path)) {
		t.Errorf("%s: beleg %s --help has no example of it: add a line to example.%s", lang, path, strings.Fields(path + " beleg")[0])
	}
}

// What somebody types wrongly is said in the language of the person, without a word of the library that reads it.
func TestArgumentErrors(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--exposure", "x"}, {"ad"}, {"nonsense"}, {"show"}, {"user"}, {"items", "--kind", "xx"}, {"--patience", "3", "items"}, {"items", "--data"}, {"items", "--data", "--json"},
		{"case", "file", "x", "y", "--for", "a", "--against", "b"}, {"items", "--jso"}, {"items", "--nothinglikeit"}, {"items", "--json=x"}, {"case", "file"}, {"items", "extra"},
		{"user", "role", "anna", "xx"}, {"check", "x", "--workers", "many"}, {"--memory", "x", "items"}, {"case", "fil"},
	} {
		for lang, english := range map[string]*regexp.Regexp{"en": regexp.MustCompile(`\b(expected|unexpected|unknown flag|positional|bit int|got)\b`),
			"de": regexp.MustCompile(`\b(expected|unexpected|unknown|missing|must|but|got|did you|one of|There|needs|the|is)\b`)} {
			var out, errs strings.Builder
			a := &app{in: strings.NewReader(""), out: &out, err: &errs, env: func(string) string { return "" }}
			if status := a.run(t.Context(), append([]string{"--lang", lang}, args...)); status != misused {
				t.Errorf("%s: beleg %v ended with status %d, want %d", lang, args, status, misused)
			}
			first, _, _ := strings.Cut(errs.String(), "\n")
			other, _, _ := strings.Cut(words.In(words.Lang(lang)).Say("arg.other", ""), ":")
			if english.MatchString(first) || raw.MatchString(first) || strings.Contains(first, other) || strings.Contains(first, `"`) {
				t.Errorf("%s: beleg %v says %q", lang, args, first)
			}
		}
	}
}

// Every listing, and every error of a command, in both languages, over a folder with something of everything.
func TestEveryListing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("BELEG_KEY", filepath.Join(dir, "key"))
	t.Setenv("BELEG_ACTOR", "anna")
	text := filepath.Join(dir, "statement.txt")
	if err := os.WriteFile(text, []byte("The mayor said on Monday that at least 40 people had been hurt at the bridge. The army denied it."), 0o600); err != nil {
		t.Fatal(err)
	}
	say := func(lang string, want int, args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		a := &app{in: strings.NewReader("correct horse battery\n"), out: &out, err: &errs, env: os.Getenv}
		status := a.run(t.Context(), append([]string{"--lang", lang, "--data", filepath.Join(dir, "data")}, args...))
		if status != want {
			t.Errorf("%s: beleg %v ended with status %d, want %d: %s", lang, args, status, want, errs.String())
		}
		if found := raw.FindString(out.String() + errs.String()); found != "" {
			t.Errorf("%s: beleg %v says %q:\n%s%s", lang, args, found, out.String(), errs.String())
		}
		return out.String()
	}
	say("en", done, "add", text, "--first-seen", "2016-10-06")
	id := say("en", done, "items")
	id = strings.Fields(strings.Split(id, "\n")[1])[0]
	opened := say("en", done, "case", "new", "The bridge", "--question", "Who hit it?")
	in := strings.Fields(opened)[1]
	say("en", done, "case", "file", in, "item/"+id)
	say("en", done, "user", "invite", "ben")
	say("en", done, "user", "add", "carla")
	for _, lang := range []string{"de", "en"} {
		for _, args := range [][]string{{"items"}, {"show", id}, {"show", id, "--json"}, {"claims"}, {"read", text, "--published", "2016-10-06"}, {"case", "list"}, {"case", "show", in}, {"user", "list"}, {"user", "history"},
			{"verify"}, {"doctor"}, {"version"}, {"rebuild"}, {"checkpoint"}, {"user", "end-sessions", "carla"}, {"add", text}} {
			say(lang, done, args...)
		}
		for _, args := range [][]string{{"show", "ffffff"}, {"show", "xyz"}, {"show", "1"}, {"case", "show", "nothing"}, {"case", "decide", "source/mayor", "burn"}, {"case", "decide", "source/mayor", "grade", "--with", `{"grade":"Z"}`, "--reason", "x"},
			{"case", "decide", "source/mayor", "note", "--with", `{"text":"x"}`, "--base", "7"}, {"user", "add", "ben"}, {"user", "role", "ghost", "reader"}, {"add", filepath.Join(dir, "nothing")}, {"check", text},
			{"case", "decide", "item/" + id, "note"}, {"user", "suspend", "ghost"}, {"user", "invite", "a b"}} {
			say(lang, wanting, args...)
		}
	}
}
