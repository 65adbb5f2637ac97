package claim

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// print writes claims for people to review: who, what, how sure, figures, when, conflicts.
func print(claims []Claim) string {
	var b strings.Builder
	for _, c := range claims {
		source := c.Source.Text
		if source == "" {
			source = "-"
		}
		if c.Resolved != "" {
			source += " = " + c.Resolved
		}
		fmt.Fprintf(&b, "%s %s, %s, %s\n  source %s\n", c.ID, c.Kind, c.Commitment, c.Form, source)
		if c.Channel.Text != "" {
			fmt.Fprintf(&b, "  channel %s\n", c.Channel.Text)
		}
		if c.Cue.Text != "" {
			fmt.Fprintf(&b, "  cue %s\n", c.Cue.Text)
		}
		fmt.Fprintf(&b, "  content %s\n", c.Content.Text)
		for _, f := range c.Figures {
			fmt.Fprintf(&b, "  figure %s %g %s\n", f.Cmp, f.Value, f.Unit)
		}
		if c.About != nil {
			fmt.Fprintf(&b, "  about %s..%s\n", c.About.Start, c.About.End)
		}
		for _, p := range c.Places {
			fmt.Fprintf(&b, "  place %s\n", p.Text)
		}
		for _, x := range c.Conflicts {
			fmt.Fprintf(&b, "  conflict %s: %s\n", x.With, x.Reason)
		}
	}
	return b.String()
}

// TestGolden reads texts of our own and compares with claims that were reviewed by eye.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("texts %v, %v", names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lang, _, _ := strings.Cut(filepath.Base(name), "-")
			doc := Document{Text: string(text), Lang: lang, Published: published}
			claims := Read(doc)
			check(t, doc, claims)
			got, golden := print(claims), strings.TrimSuffix(name, ".txt")+".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("claims of %s changed (go test -update rewrites them):\n%s", name, firstDiff(got, string(want)))
			}
		})
	}
}

func firstDiff(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[min(i, len(w)-1)])
		}
	}
	return "the end is missing"
}
