package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
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
