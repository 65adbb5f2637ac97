package eval

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFamilies(t *testing.T) {
	from, out := t.TempDir(), filepath.Join(t.TempDir(), "set")
	write := func(dir, name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	write(from, "MANIFEST.tsv", "file\trole\tkind\tgroup\na.jpg\tarchive\tphoto\ta\nb.jpg\thost\tphoto\tb\nc.jpg\tarchive\tphoto\tc\nd.jpg\thost\tphoto\td\n")
	for _, n := range []string{"a.jpg", "b.jpg", "c.jpg", "d.jpg"} {
		write(from, n, n)
	}
	families := write(t.TempDir(), "families.tsv", "file\tfamily\na.jpg\tone\nb.jpg\tone\nc.jpg\tone\n")
	grouped, dropped, err := Families(from, families, out)
	if err != nil || grouped != 2 || dropped != 1 {
		t.Fatalf("Families() = %d, %d, %v, want 2, 1, nil", grouped, dropped, err)
	}
	got, err := os.ReadFile(filepath.Join(out, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "file\trole\tkind\tgroup\na.jpg\tarchive\tphoto\tone\nc.jpg\tarchive\tphoto\tone\nd.jpg\thost\tphoto\td\n"; string(got) != want {
		t.Errorf("manifest = %q, want %q", got, want)
	}
	if b, err := os.ReadFile(filepath.Join(out, "a.jpg")); err != nil || string(b) != "a.jpg" {
		t.Errorf("linked file = %q, %v", b, err)
	}
	lost := write(t.TempDir(), "families.tsv", "file\tfamily\nnone.jpg\tone\n")
	if _, _, err := Families(from, lost, out+"2"); err == nil {
		t.Error("Families() with a photograph that is not there = nil, want an error")
	}
}
