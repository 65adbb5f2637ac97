package eval

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"
	"unicode"
)

// A CorpusScore says how far found attributions agree with a corpus. The definitions are those of
// score.py, which lies beside the texts: a content found is a hit when its words and the labelled
// ones have a token F1 of at least 0.5, one to one, best first; sources are judged on hits.
type CorpusScore struct {
	Gold, Found, Hits int
	Sourced, SourceOK int
	Forms             map[string]*FormScore // by the form of what was found
	Missed            map[string][2]int     // by the label of the corpus: found, all
	Errors            []string
	Bytes             int64         // of text read
	Took              time.Duration // on one core
}

// A FormScore counts what one form of attribution found.
type FormScore struct{ Found, Hits int }

// F1 returns precision, recall and their harmonic mean.
func (s *CorpusScore) F1() (p, r, f float64) {
	p, r = ratio(s.Hits, s.Found), ratio(s.Hits, s.Gold)
	if p+r > 0 {
		f = 2 * p * r / (p + r)
	}
	return p, r, f
}

// Print writes the table of s.
func (s *CorpusScore) Print(w io.Writer) {
	p, r, f := s.F1()
	fmt.Fprintf(w, "labelled %d, found %d, hits %d: P %.3f R %.3f F1 %.3f, source on hits %.3f\n", s.Gold, s.Found, s.Hits, p, r, f, ratio(s.SourceOK, s.Sourced))
	if s.Took > 0 {
		fmt.Fprintf(w, "  read %.1f MB at %.1f MB/s on one core\n", float64(s.Bytes)/1e6, float64(s.Bytes)/1e6/s.Took.Seconds())
	}
	fmt.Fprintln(w, "  precision by form:")
	for _, k := range sortedKeys(s.Forms) {
		v := s.Forms[k]
		fmt.Fprintf(w, "    %-10s found %4d hits %4d  %.3f\n", k, v.Found, v.Hits, ratio(v.Hits, v.Found))
	}
	fmt.Fprintln(w, "  recall by label:")
	for _, k := range sortedKeys(s.Missed) {
		v := s.Missed[k]
		fmt.Fprintf(w, "    %-22s %4d of %4d  %.3f\n", k, v[0], v[1], ratio(v[0], v[1]))
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// wordsOf lists the words of text as code points, half-open: runs of letters, digits and
// underscores, with digits joined by a dot or comma.
func wordsOf(text []rune) [][2]int {
	in := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.No, r) || unicode.Is(unicode.Nl, r) || r == '_'
	}
	var out [][2]int
	for i := 0; i < len(text); i++ {
		if !in(text[i]) {
			continue
		}
		j := i
		for j < len(text) && in(text[j]) {
			j++
		}
		for j+1 < len(text) && (text[j] == '.' || text[j] == ',') && unicode.IsDigit(text[j+1]) {
			for j++; j < len(text) && unicode.IsDigit(text[j]); j++ {
			}
		}
		out = append(out, [2]int{i, j})
		i = j - 1
	}
	return out
}

// covered lists the indexes of the words that the spans touch, in order.
func covered(words, spans [][2]int) []int {
	var out []int
	for i, w := range words {
		for _, s := range spans {
			if w[0] < s[1] && s[0] < w[1] {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

func tokenF1(a, b []int) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n, i, j = n+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(n) / float64(len(a)+len(b))
}

// add scores one document.
func (s *CorpusScore) add(d corpusDoc, found []corpusAttribution) {
	text := []rune(d.Text)
	words := wordsOf(text)
	var gold []corpusAttribution
	for _, g := range d.Attributions {
		if len(g.Content) > 0 {
			gold = append(gold, g)
		}
	}
	type pair struct {
		f    float64
		m, n int
	}
	var pairs []pair
	for m, g := range gold {
		a := covered(words, g.Content)
		for n, p := range found {
			if f := tokenF1(a, covered(words, p.Content)); f >= 0.5 {
				pairs = append(pairs, pair{f, m, n})
			}
		}
	}
	sort.SliceStable(pairs, func(i, j int) bool { return pairs[i].f > pairs[j].f })
	of, taken := make([]int, len(gold)), make([]bool, len(found))
	for i := range of {
		of[i] = -1
	}
	for _, p := range pairs {
		if of[p.m] < 0 && !taken[p.n] {
			of[p.m], taken[p.n] = p.n, true
		}
	}
	s.count(d, text, words, gold, found, of, taken)
}

func (s *CorpusScore) count(d corpusDoc, text []rune, words [][2]int, gold, found []corpusAttribution, of []int, taken []bool) {
	s.Gold, s.Found = s.Gold+len(gold), s.Found+len(found)
	for m, g := range gold {
		v := s.Missed[g.Type]
		v[1]++
		if of[m] < 0 {
			s.Errors = append(s.Errors, fmt.Sprintf("missed %s %s: %s", g.Type, d.ID, excerpt(text, g.Content)))
		} else {
			v[0]++
			s.Hits++
			if len(g.Source) > 0 {
				s.Sourced++
				if tokenF1(covered(words, g.Source), covered(words, found[of[m]].Source)) >= 0.5 {
					s.SourceOK++
				} else {
					s.Errors = append(s.Errors, fmt.Sprintf("source %s %s: %q, labelled %q", g.Type, d.ID, excerpt(text, found[of[m]].Source), excerpt(text, g.Source)))
				}
			}
		}
		s.Missed[g.Type] = v
	}
	for n, p := range found {
		v := s.Forms[p.Type]
		if v == nil {
			v = &FormScore{}
			s.Forms[p.Type] = v
		}
		v.Found++
		if taken[n] {
			v.Hits++
		} else {
			s.Errors = append(s.Errors, fmt.Sprintf("false %s %s: %s", p.Type, d.ID, excerpt(text, p.Content)))
		}
	}
}

func excerpt(text []rune, spans [][2]int) string {
	var parts []string
	for _, s := range spans {
		parts = append(parts, string(text[s[0]:min(s[1], len(text))]))
	}
	out := strings.Join(parts, " … ")
	if len(out) > 160 {
		out = strings.ToValidUTF8(out[:160], "") + "…"
	}
	return strings.ReplaceAll(out, "\n", " ")
}
