package eval

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

func read(t *testing.T, name string) []Segment {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := ReadSegments(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// score.golden is what the benchmark's own scorer prints for the two generated tables beside it.
func TestScoreAgreesWithTheBenchmarksScorer(t *testing.T) {
	f, err := os.Open("testdata/groups.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	group, err := ReadGroups(f)
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/score.golden")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(golden)), "\n")
	s := Score(read(t, "truth.csv"), read(t, "predictions.csv"), group)
	var b bytes.Buffer
	s.WriteHead(&b)
	if got := strings.TrimSpace(b.String()); got != want[0] {
		t.Errorf("totals:\n got %s\nwant %s", got, want[0])
	}
	for i, row := range want[2:] {
		m, st := EditScore{}, EditScore{}
		for _, e := range s.Edits {
			if e.Edit == strings.Fields(row)[0] {
				if e.Strength == "mild" {
					m = e
				} else {
					st = e
				}
			}
		}
		got := fmt.Sprintf("%-12s        %3d %3d / %-3d             %3d %3d / %-3d", strings.Fields(row)[0], m.Hits, m.Segments, m.N, st.Hits, st.Segments, st.N)
		if strings.TrimRight(got, " ") != strings.TrimRight(row, " ") {
			t.Errorf("edit row %d:\n got %q\nwant %q", i, got, row)
		}
	}
}

func TestScoreOfPerfectAndEmptyPredictions(t *testing.T) {
	truth := read(t, "truth.csv")
	perfect := Score(truth, truth, nil)
	if perfect.HitRecall() != 1 || perfect.SegmentRecall() != 1 || perfect.Precision() != 1 || perfect.UAP < 0.999999 || perfect.Boundary != 0 {
		t.Errorf("perfect predictions score %+v", perfect)
	}
	if none := Score(truth, nil, nil); none.Hits != 0 || none.UAP != 0 || none.Predictions() != 0 {
		t.Errorf("no predictions score %+v", none)
	}
}

func TestReadSegmentsRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":     "",
		"no column": "broadcast,b_start\nx,1\n",
		"no number": "broadcast,b_start,b_end,archive_file,a_start,a_end\nx,one,2,y,1,2\n",
		"ragged":    "broadcast,b_start,b_end,archive_file,a_start,a_end\nx,1\n",
	} {
		if _, err := ReadSegments(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
