package eval

import (
	"strings"
	"testing"

	"beleg/claim"
)

func TestCorpusScore(t *testing.T) {
	gold := `{"id":"a","lang":"de","date":"2016-10-06","text":"Die Polizei sagte, die Lage sei ernst. Das Amt rief: „Nein“.",` +
		`"attributions":[{"type":"Indirect","content":[[19,37]],"source":[[0,11]]},{"type":"Direct","content":[[53,59]],"source":[[39,46]]},{"type":"Indirect","content":[[0,11]],"source":[]}]}`
	var out strings.Builder
	s, err := ScoreCorpus(&out, strings.NewReader(gold))
	if err != nil {
		t.Fatal(err)
	}
	if s.Gold != 3 || s.Hits < 1 || s.SourceOK < 1 || s.Missed["Indirect"] != [2]int{1, 2} {
		t.Errorf("score = %+v, want the first of three found with its source", s)
	}
	if !strings.Contains(out.String(), `"content":[[19,37]]`) {
		t.Errorf("predictions %s lack the first content", out.String())
	}
}

// TestWordsOf holds the words to those of the scorer beside the texts: \w+(?:[.,]\d+)*.
func TestWordsOf(t *testing.T) {
	text := []rune("Rund 10.000, „größer“ x_1 3,5. a.b")
	var got []string
	for _, w := range wordsOf(text) {
		got = append(got, string(text[w[0]:w[1]]))
	}
	if s := strings.Join(got, "|"); s != "Rund|10.000|größer|x_1|3,5|a|b" {
		t.Errorf("words = %s", s)
	}
}

func TestAttributionsMergeContinuation(t *testing.T) {
	a := Attributions(claim.Document{Lang: "de", Text: "Die Polizei sagte, die Lage sei ernst. Man habe alles getan. Niemand sei verletzt."})
	if len(a) != 2 || len(a[1].Content) != 2 {
		t.Errorf("attributions = %v, want the continuation as one of two", a)
	}
}
