package eval

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Segment is one row of a truth or prediction table: the stretch B of a broadcast, in seconds,
// shows the stretch A of an archive file. A still photograph has A = [0, 1).
type Segment struct {
	Broadcast, File string
	B, A            Interval
	Edit, Strength  string  // truth only
	Score           float64 // predictions only
}

// Interval is a half-open stretch of time in seconds.
type Interval struct{ From, To float64 }

func (i Interval) len() float64 { return i.To - i.From }

func (i Interval) meet(j Interval) float64 {
	return math.Max(0, math.Min(i.To, j.To)-math.Max(i.From, j.From))
}

func still(name string) bool {
	n := strings.ToLower(name)
	return strings.HasSuffix(n, ".jpg") || strings.HasSuffix(n, ".jpeg") || strings.HasSuffix(n, ".png")
}

// ReadSegments reads a table with a header row that names at least the columns
// broadcast, b_start, b_end, archive_file, a_start and a_end; edit, strength and score are read
// where they stand.
func ReadSegments(r io.Reader) ([]Segment, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read segments: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read segments: no header row")
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	for _, need := range []string{"broadcast", "b_start", "b_end", "archive_file", "a_start", "a_end"} {
		if _, ok := col[need]; !ok {
			return nil, fmt.Errorf("read segments: no column %q", need)
		}
	}
	var out []Segment
	for n, row := range rows[1:] {
		text := func(name string) string {
			if i, ok := col[name]; ok {
				return row[i]
			}
			return ""
		}
		var bad error
		num := func(name string) float64 {
			v, err := strconv.ParseFloat(text(name), 64)
			if err != nil && bad == nil {
				bad = fmt.Errorf("read segments: row %d, column %s: %w", n+2, name, err)
			}
			return v
		}
		s := Segment{Broadcast: text("broadcast"), File: text("archive_file"), Edit: text("edit"), Strength: text("strength"),
			B: Interval{num("b_start"), num("b_end")}, A: Interval{0, 1}}
		if !still(s.File) {
			s.A = Interval{num("a_start"), num("a_end")}
		}
		if text("score") != "" {
			s.Score = num("score")
		}
		if bad != nil {
			return nil, bad
		}
		out = append(out, s)
	}
	return out, nil
}

// ReadGroups reads the column "group" of a tab-separated manifest, keyed by its column "file".
// Clips of one group were cut from one recording.
func ReadGroups(r io.Reader) (map[string]string, error) {
	c := csv.NewReader(r)
	c.Comma, c.LazyQuotes = '\t', true
	rows, err := c.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read manifest: %w", cmp.Or(err, io.ErrUnexpectedEOF))
	}
	file, group := slices.Index(rows[0], "file"), slices.Index(rows[0], "group")
	if file < 0 || group < 0 {
		return nil, fmt.Errorf("read manifest: needs the columns file and group")
	}
	out := map[string]string{}
	for _, row := range rows[1:] {
		out[row[file]] = row[group]
	}
	return out, nil
}

// union returns the disjoint sorted union.
func union(in []Interval) []Interval {
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b Interval) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	var out []Interval
	for _, i := range in {
		if n := len(out); n > 0 && i.From <= out[n-1].To {
			out[n-1].To = math.Max(out[n-1].To, i.To)
		} else {
			out = append(out, i)
		}
	}
	return out
}

func total(in []Interval) float64 {
	var sum float64
	for _, i := range union(in) {
		sum += i.len()
	}
	return sum
}
