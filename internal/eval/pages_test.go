package eval

import (
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	list, err := ScorePages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	dates, words, foreign := WritePages(&table, list)
	if len(list) < 40 || dates < 0.95 || words < 0.95 || foreign > 0.03 {
		t.Errorf("dates %.3f, words %.3f, foreign %.3f; want 0.95, 0.95, 0.03:\n%s", dates, words, foreign, table.String())
	}
}
