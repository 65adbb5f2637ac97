package eval

import (
	"strings"
	"testing"
)

const timesGold = `{"id":"a","lang":"de","date":"2016-10-06","text":"Über München fiel am Mittwoch Schnee, zwei Tage lang. Heuer kam er von 2009-2011 nicht.","timex":[{"s":21,"e":29,"type":"DATE","value":"2016-10-05"},{"s":38,"e":47,"type":"DURATION","value":"P2D"},{"s":71,"e":75,"type":"DATE","value":"2009"},{"s":76,"e":80,"type":"DATE","value":"2011"},{"s":81,"e":86,"type":"DATE","value":"PRESENT_REF"}]}
`

func TestScoreTimes(t *testing.T) {
	s, err := ScoreTimes(strings.NewReader(timesGold))
	if err != nil {
		t.Fatal(err)
	}
	// found: Mittwoch, zwei Tage lang (longer than the gold), 2009, 2011; false: Heuer; missed: "nicht"
	if s.Gold != 5 || s.Predicted != 5 || s.Relaxed != 4 || s.Strict != 3 || s.ValuesRight != 3 {
		t.Errorf("ScoreTimes = %+v", s)
	}
	if _, err := ScoreTimes(strings.NewReader("{")); err == nil {
		t.Error("ScoreTimes accepts broken JSON")
	}
}
