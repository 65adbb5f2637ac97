package beleg

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed states which of our packages each may import; DESIGN.md says why. A package that is not listed may not
// import any of ours, and one that is listed must exist. Commands may import all.
var allowed = map[string][]string{
	"custody":         {"stamp"},
	"stamp":           {},
	"stamp/stamptest": {},
	"luma":            {"internal/simd"},
	"edtf":            {},
	"video":           {"luma", "internal/simd"},
	"fingerprint":     {"luma", "internal/radix", "internal/simd"},
	"index":           {"fingerprint", "internal/radix"},
	"match":           {"luma", "fingerprint", "index", "internal/radix", "internal/simd"},
	"document":        {"edtf"},
	"claim":           {"edtf", "claim/figure", "claim/lexicon", "claim/speaker"},

	"internal/store":    {"claim", "custody", "edtf"},
	"internal/words":    {},
	"internal/casefile": {"claim/figure", "claim/speaker", "edtf"},
	"internal/intake":   {"claim", "custody", "document", "edtf", "fingerprint", "index", "luma", "match", "stamp", "video", "internal/store", "internal/reader"},
	"internal/reader":   {"claim"},
	"internal/accounts": {},
	"internal/casework": {"claim", "claim/figure", "claim/speaker", "custody", "edtf", "match", "internal/casefile", "internal/intake", "internal/store", "internal/words"},
	"internal/desk": {"claim", "claim/figure", "custody", "document", "edtf", "match", "video", "internal/accounts", "internal/casefile", "internal/casework",
		"internal/intake", "internal/store", "internal/words"},
	"internal/synth": {"luma", "video"},
	"internal/train": {"fingerprint", "luma"},
	"internal/eval": {"claim", "custody", "document", "edtf", "fingerprint", "index", "luma", "match", "video",
		"internal/intake", "internal/store", "internal/synth"},
}

const module = "beleg/"

func TestImportsPointDown(t *testing.T) {
	met := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "testdata" || e.Name() == "tools" || strings.HasPrefix(e.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		pkg := path.Dir(filepath.ToSlash(name))
		met[pkg] = true
		checkImports(t, name, pkg)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range allowed {
		if !met[pkg] {
			t.Errorf("package %s is listed but does not exist", pkg)
		}
	}
}

func checkImports(t *testing.T, name, pkg string) {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		ours, ok := strings.CutPrefix(p, module)
		if ok && !strings.HasPrefix(pkg, "cmd/") && !slices.Contains(allowed[pkg], ours) {
			t.Errorf("%s: %s may not import %s: see DESIGN.md", name, pkg, ours)
		}
	}
}
