package eval

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// FootageScore is how well predicted segments meet the true ones, by the definitions of the
// benchmark's scorer:
//
//   - hit: a prediction names a true segment's broadcast and file, overlaps it on the broadcast
//     side and, for videos, overlaps its archive interval widened by 1 s each side;
//   - segment: a hit whose broadcast interval has IoU >= 0.5 with the truth (the hits of one true
//     segment count as their union);
//   - precision: predictions that hit and have at least half of their broadcast interval inside
//     true segments of that file; another clip of the same recording while one is on air is
//     neither right nor wrong;
//   - uAP: segment micro-average precision as in the VSC2022 matching track (lengths on both time
//     axes, geometric mean);
//   - boundary: mean absolute error of the union of a true segment's hits at both ends.
type FootageScore struct {
	Truth, Hits, Segments int
	Right, Wrong, Clean   int // predictions; Clean counts the wrong ones in broadcasts without truth
	UAP, RecallAtP90      float64
	Boundary              float64 // seconds, broadcast side
	ArchiveBoundary       float64 // seconds, archive side, hits on videos (not in the benchmark's scorer)
	Edits                 []EditScore
	Reliability           []Bin
}

// EditScore counts the true segments of one edit at one strength.
type EditScore struct {
	Edit, Strength            string
	N, Hits, Segments         int
	Boundary, ArchiveBoundary float64 // sums of absolute errors, two per hit
	VideoHits                 int     // hits on videos
}

// Bin counts the predictions of one tenth of the score range: [From, From+0.1).
type Bin struct {
	From     float64
	N, Right int
	ScoreSum float64
	Neither  int // neither right nor wrong, not in N
}

// HitRecall is the share of true segments that were hit.
func (s FootageScore) HitRecall() float64 { return ratio(s.Hits, s.Truth) }

// SegmentRecall is the share of true segments hit with IoU >= 0.5.
func (s FootageScore) SegmentRecall() float64 { return ratio(s.Segments, s.Truth) }

// Precision is the share of right ones among the predictions that are right or wrong.
func (s FootageScore) Precision() float64 { return ratio(s.Right, s.Right+s.Wrong) }

func ratio(a, b int) float64 { return float64(a) / float64(max(1, b)) }

func hits(p, t Segment) bool {
	return p.Broadcast == t.Broadcast && p.File == t.File && p.B.meet(t.B) > 0 &&
		(still(t.File) || p.A.meet(Interval{t.A.From - 1, t.A.To + 1}) > 0)
}

type verdict int

const (
	wrong verdict = iota
	right
	ignored
)

func verdicts(truth, preds []Segment, group map[string]string) []verdict {
	of := func(file string) string {
		if g, ok := group[file]; ok {
			return g
		}
		return file
	}
	out := make([]verdict, len(preds))
	for i, p := range preds {
		var inside []Interval
		hit, sibling := false, false
		for _, t := range truth {
			if t.Broadcast != p.Broadcast || p.B.meet(t.B) <= 0 {
				continue
			}
			if hits(p, t) {
				hit = true
				inside = append(inside, Interval{math.Max(p.B.From, t.B.From), math.Min(p.B.To, t.B.To)})
			}
			sibling = sibling || t.File != p.File && of(t.File) == of(p.File)
		}
		switch {
		case hit && total(inside) >= 0.5*p.B.len():
			out[i] = right
		case sibling:
			out[i] = ignored
		}
	}
	return out
}

// Score compares predictions with the truth. group names the recording that a file was cut from;
// nil means that each file is a recording of its own.
func Score(truth, preds []Segment, group map[string]string) FootageScore {
	ver := verdicts(truth, preds, group)
	s := FootageScore{Truth: len(truth), UAP: uap(truth, preds), RecallAtP90: recallAt(truth, preds, ver, 0.9)}
	aired := map[string]bool{}
	for _, t := range truth {
		aired[t.Broadcast] = true
	}
	s.Reliability = make([]Bin, 10)
	for i := range s.Reliability {
		s.Reliability[i].From = float64(i) / 10
	}
	for i, p := range preds {
		bin := &s.Reliability[min(9, max(0, int(p.Score*10)))]
		switch ver[i] {
		case right:
			s.Right++
			bin.Right++
		case wrong:
			s.Wrong++
			if !aired[p.Broadcast] {
				s.Clean++
			}
		case ignored:
			bin.Neither++
			continue
		}
		bin.N++
		bin.ScoreSum += p.Score
	}
	var bsum, asum float64
	nb, na := 0, 0
	for _, t := range truth {
		e := s.edit(t)
		e.N++
		var b, a []Interval
		for i, p := range preds {
			if ver[i] == right && hits(p, t) {
				b, a = append(b, p.B), append(a, p.A)
			}
		}
		if len(b) == 0 {
			continue
		}
		s.Hits++
		e.Hits++
		u := hull(b)
		if u.meet(t.B)/(math.Max(u.To, t.B.To)-math.Min(u.From, t.B.From)) >= 0.5 {
			s.Segments++
			e.Segments++
		}
		d := math.Abs(u.From-t.B.From) + math.Abs(u.To-t.B.To)
		bsum, nb, e.Boundary = bsum+d, nb+2, e.Boundary+d
		if !still(t.File) {
			v := hull(a)
			d := math.Abs(v.From-t.A.From) + math.Abs(v.To-t.A.To)
			asum, na, e.ArchiveBoundary, e.VideoHits = asum+d, na+2, e.ArchiveBoundary+d, e.VideoHits+1
		}
	}
	s.Boundary, s.ArchiveBoundary = bsum/float64(max(1, nb)), asum/float64(max(1, na))
	slices.SortFunc(s.Edits, func(a, b EditScore) int {
		return cmp.Or(cmp.Compare(a.Edit, b.Edit), cmp.Compare(a.Strength, b.Strength))
	})
	return s
}

func (s *FootageScore) edit(t Segment) *EditScore {
	for i := range s.Edits {
		if e := &s.Edits[i]; e.Edit == t.Edit && e.Strength == t.Strength {
			return e
		}
	}
	s.Edits = append(s.Edits, EditScore{Edit: t.Edit, Strength: t.Strength})
	return &s.Edits[len(s.Edits)-1]
}

func hull(in []Interval) Interval {
	h := in[0]
	for _, i := range in[1:] {
		h = Interval{math.Min(h.From, i.From), math.Max(h.To, i.To)}
	}
	return h
}

// byScore returns the positions of preds, best score first, equal scores in their order.
func byScore(preds []Segment) []int {
	order := make([]int, len(preds))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(preds[b].Score, preds[a].Score) })
	return order
}

func recallAt(truth, preds []Segment, ver []verdict, precision float64) float64 {
	order := byScore(preds)
	found := map[int]bool{}
	good, bad, best := 0, 0, 0.0
	for k, i := range order {
		switch ver[i] {
		case right:
			good++
			for j, t := range truth {
				if hits(preds[i], t) {
					found[j] = true
				}
			}
		case wrong:
			bad++
		}
		last := k+1 == len(order) || preds[order[k+1]].Score < preds[i].Score
		if last && good > 0 && ratio(good, good+bad) >= precision {
			best = math.Max(best, ratio(len(found), len(truth)))
		}
	}
	return best
}

func uap(truth, preds []Segment) float64 {
	type pair struct{ broadcast, file string }
	type axes [2][]Interval
	gt := map[pair][]Segment{}
	var keys []pair
	for _, t := range truth {
		k := pair{t.Broadcast, t.File}
		if gt[k] == nil {
			keys = append(keys, k)
		}
		gt[k] = append(gt[k], t)
	}
	var all, predLen, matchLen [2]float64
	for _, k := range keys {
		var b, a []Interval
		for _, t := range gt[k] {
			b, a = append(b, t.B), append(a, t.A)
		}
		all[0] += total(b)
		all[1] += total(a)
	}
	predicted, matched := map[pair]*axes{}, map[pair]*axes{}
	grow := func(m map[pair]*axes, k pair, axis int, i Interval) float64 {
		if m[k] == nil {
			m[k] = &axes{}
		}
		before := total(m[k][axis])
		m[k][axis] = append(m[k][axis], i)
		return total(m[k][axis]) - before
	}
	var area, last float64
	for _, i := range byScore(preds) {
		p := preds[i]
		k := pair{p.Broadcast, p.File}
		predLen[0] += grow(predicted, k, 0, p.B)
		predLen[1] += grow(predicted, k, 1, p.A)
		for _, t := range gt[k] {
			if p.B.meet(t.B) > 0 && p.A.meet(t.A) > 0 {
				matchLen[0] += grow(matched, k, 0, Interval{math.Max(p.B.From, t.B.From), math.Min(p.B.To, t.B.To)})
				matchLen[1] += grow(matched, k, 1, Interval{math.Max(p.A.From, t.A.From), math.Min(p.A.To, t.A.To)})
			}
		}
		recall := math.Sqrt(matchLen[0] / all[0] * matchLen[1] / all[1])
		if predLen[0] > 0 && predLen[1] > 0 {
			area += math.Sqrt(matchLen[0]/predLen[0]*matchLen[1]/predLen[1]) * (recall - last)
		}
		last = recall
	}
	return area
}

// WriteHead prints the line of totals in the words of the benchmark's scorer.
func (s FootageScore) WriteHead(w io.Writer) {
	fmt.Fprintf(w, "truth %d  predictions %d  hit recall %.3f  segment recall (IoU>=0.5) %.3f  precision %.3f (%d wrong, %d in clean broadcasts)  uAP %.3f  R@P90 %.3f  boundary %.2f s\n",
		s.Truth, s.Predictions(), s.HitRecall(), s.SegmentRecall(), s.Precision(), s.Wrong, s.Clean, s.UAP, s.RecallAtP90, s.Boundary)
}

// Predictions is the number of predictions scored, those neither right nor wrong included.
func (s FootageScore) Predictions() int {
	n := s.Right + s.Wrong
	for _, b := range s.Reliability {
		n += b.Neither
	}
	return n
}

// WriteEdits prints one row per edit: hits, segments and true segments, mild and strong, and the
// mean boundary errors of both strengths together.
func (s FootageScore) WriteEdits(w io.Writer) {
	fmt.Fprintln(w, "| edit | mild hit / seg / n | strong hit / seg / n | boundary s | archive boundary s |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- |")
	for i := 0; i < len(s.Edits); {
		j := i
		var mild, strong EditScore
		for ; j < len(s.Edits) && s.Edits[j].Edit == s.Edits[i].Edit; j++ {
			if s.Edits[j].Strength == "mild" {
				mild = s.Edits[j]
			} else {
				strong = s.Edits[j]
			}
		}
		mean := func(sum float64, hits int) string {
			if hits == 0 {
				return "-"
			}
			return fmt.Sprintf("%.3f", sum/float64(2*hits))
		}
		fmt.Fprintf(w, "| %s | %d / %d / %d | %d / %d / %d | %s | %s |\n", s.Edits[i].Edit, mild.Hits, mild.Segments, mild.N,
			strong.Hits, strong.Segments, strong.N, mean(mild.Boundary+strong.Boundary, mild.Hits+strong.Hits),
			mean(mild.ArchiveBoundary+strong.ArchiveBoundary, mild.VideoHits+strong.VideoHits))
		i = j
	}
}

// WriteReliability prints, for each tenth of the score range, how many predictions fell there and
// which share of them was right.
func (s FootageScore) WriteReliability(w io.Writer) {
	fmt.Fprintln(w, "| score | predictions | mean score | right |")
	fmt.Fprintln(w, "| --- | --- | --- | --- |")
	for _, b := range s.Reliability {
		if b.N > 0 {
			fmt.Fprintf(w, "| %.1f-%.1f | %d | %.3f | %.3f |\n", b.From, b.From+0.1, b.N, b.ScoreSum/float64(b.N), ratio(b.Right, b.N))
		}
	}
}
