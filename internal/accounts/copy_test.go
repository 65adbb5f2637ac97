package accounts

import (
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// A copy that is made while the book is open has its people, and one more later replaces it.
func TestCopy(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "a book.db"), filepath.Join(t.TempDir(), "copy.db")
	b, err := Open(t.Context(), from, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, name := range []string{"anna", "bert"} {
		if err := b.Add(t.Context(), name, "a long password", Editor); err != nil {
			t.Fatal(err)
		}
		if err := Copy(t.Context(), from, to); err != nil {
			t.Fatal(err)
		}
		c, err := Open(t.Context(), to, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Add(t.Context(), name, "a long password", Editor); !errors.Is(err, ErrExists) {
			t.Errorf("adding %s to the copy = %v, want ErrExists", name, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
