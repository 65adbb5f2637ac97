package desk

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"beleg/custody"
	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/internal/words"
	"beleg/video"
)

// A detail is what the program says is wrong with a field; the field is "" where it is no literal.
type detail struct{ field, format, at string }

// detailsIn finds every detail in the source of a folder: calls of invalid, Invalid and label, and literals of InvalidError.
func detailsIn(t *testing.T, dir string) (list []detail) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			var field, format ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				if called := nameOfFunc(n.Fun); len(n.Args) > 1 && (called == "invalid" || called == "Invalid") {
					field, format = n.Args[0], n.Args[1]
				}
			case *ast.CompositeLit:
				if nameOfFunc(n.Type) != "InvalidError" {
					return true
				}
				for _, e := range n.Elts {
					kv := e.(*ast.KeyValueExpr)
					switch kv.Key.(*ast.Ident).Name {
					case "Field":
						field = kv.Value
					case "Detail":
						format = kv.Value
					}
				}
			}
			if format == nil {
				return true
			}
			at := set.Position(n.Pos()).String()
			text, ok := literal(format)
			switch {
			case ok:
				name, _ := literal(field)
				list = append(list, detail{name, text, at})
			case !strings.Contains(at, "casefile/decision.go") && !strings.HasPrefix(at, "team.go"): // what makes the error; the table of accountProblem, read below
				t.Errorf("%s: a detail that is no literal cannot be translated: use casefile.Invalid", at)
			}
			return true
		})
	}
	return list
}

func nameOfFunc(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// Every detail that an answer can give has its text in both languages, and its field a name.
func TestEveryDetailIsTranslated(t *testing.T) {
	var list []detail
	for _, dir := range []string{".", "../casefile", "../casework", "../intake"} {
		list = append(list, detailsIn(t, dir)...)
	}
	for _, known := range []error{accounts.ErrName, accounts.ErrExists, accounts.ErrWeak, accounts.ErrLong, accounts.ErrPassword, accounts.ErrLastAdmin, accounts.ErrRequest} {
		var e *casefile.InvalidError
		if !errors.As(accountProblem(known), &e) {
			t.Errorf("%v is about no field", known)
			continue
		}
		list = append(list, detail{e.Field, e.Detail, "accountProblem"})
	}
	if len(list) < 60 {
		t.Fatalf("only %d details were found: the test looks for the wrong thing", len(list))
	}
	for _, lang := range []words.Lang{words.German, words.English} {
		texts := words.In(lang).Table("")
		for _, d := range list {
			_, whole := texts["field."+d.field+"."+d.format]
			_, general := texts["detail."+d.format]
			_, label := texts["label.field."+d.field]
			if d.field == "" {
				label = true
			}
			if !whole && (!general || !label) {
				t.Errorf("%s: %s has no text for %q of the field %q: add detail.… or field.%s.…, and label.field.%s", d.at, lang, d.format, d.field, d.field, d.field)
			}
		}
	}
}

// Every error that an answer knows by its cause has a title and a detail in both languages, without a word of ours for a package.
func TestEveryProblemIsTranslated(t *testing.T) {
	o := anOffice(t, nil)
	for _, lang := range []words.Lang{words.German, words.English} {
		q := &request{Request: httptest.NewRequest("GET", "/", nil), w: httptest.NewRecorder(), words: words.In(lang)}
		other := &request{Request: q.Request, w: q.w, words: words.In(words.English)}
		if lang == words.English {
			other.words = words.In(words.German)
		}
		for _, err := range []error{errNotFound, errForbidden, accounts.ErrNoSession, accounts.ErrUnknown, store.ErrUnknown, store.ErrShort, store.ErrAmbiguous, casefile.ErrUnknown,
			custody.ErrNoOriginal, fs.ErrNotExist, syscall.ENOSPC, intake.ErrNoTools, video.ErrNoFrame, video.ErrUnknownType, video.ErrPlaylist, video.ErrEmpty, intake.ErrUnreadable, intake.ErrNoFootage,
			&http.MaxBytesError{Limit: 1 << 20}, &conflictError{error: casefile.ErrConflict}, os.ErrPermission, errors.New("custody: something"), casefile.Invalid("reason", "must not be empty")} {
			wrapped := fmt.Errorf("store: doing something: %w", err)
			p, same := o.desk.problemOf(q, wrapped), o.desk.problemOf(other, wrapped)
			if p.Detail == "" || p.Title == "" || p.Detail == same.Detail || p.Title == same.Title || strings.Contains(p.Detail, "doing something") || words.Plain(p.Detail) != p.Detail {
				t.Errorf("%s: %v = %q, %q", lang, err, p.Title, p.Detail)
			}
		}
	}
}
