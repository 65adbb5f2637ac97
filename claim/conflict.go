package claim

import (
	"fmt"
	"slices"
	"strings"

	"beleg/claim/figure"
	naming "beleg/claim/speaker"
)

// reach is how many sentences back a mere pointer ("bestritt das") looks for what it denies.
const reach = 4

// conflicts links the claims of one text that deny or exclude each other. What it finds are
// candidates with a reason, never verdicts.
func (r *reader) conflicts() {
	c := r.out
	words := stemCache{}
	for i := range c {
		if c[i].Kind == Denial || c[i].denies {
			denyAll(c, i, words)
		}
	}
	last := 0
	given := newGivenCache(c)
	for i := range c {
		for last < i && c[last].no+maxTurn < c[i].no {
			last++
		}
		for j := last; j < i; j++ {
			if len(c[j].Figures) == 0 || len(c[i].Figures) == 0 {
				continue
			}
			if why := figureConflict(&c[j], &c[i], given.of(c, j), given.of(c, i)); why != "" {
				link(c, i, j, "figures", why)
			} else if why := contrasted(&c[j], &c[i], given.of(c, j), given.of(c, i)); why != "" {
				link(c, i, j, "contrast", why)
			}
		}
	}
}

func link(c []Claim, i, j int, rule, why string) {
	for _, x := range c[i].Conflicts {
		if x.With == c[j].ID {
			return
		}
	}
	c[i].Conflicts = append(c[i].Conflicts, Conflict{c[j].ID, rule, why})
	c[j].Conflicts = append(c[j].Conflicts, Conflict{c[i].ID, rule, why})
}

// denyAll links denial i, and what its source adds to it at once, with what it denies.
func denyAll(c []Claim, i int, words stemCache) {
	targets := denied(c, i, words)
	for _, j := range targets {
		link(c, i, j, "denial", fmt.Sprintf("%s denies what %s", denier(&c[i]), said(&c[j])))
	}
	if len(targets) == 0 || c[targets[0]].Kind == Order {
		return
	}
	for k := i + 1; k < len(c) && c[k].no <= c[i].no+1; k++ {
		if speaker(&c[k]) != speaker(&c[i]) || c[k].Kind == Order || c[k].Kind == Plan {
			return
		}
		if c[k].no > c[i].no && !c[i].anaphor {
			return
		}
		for _, j := range targets {
			link(c, k, j, "denial", fmt.Sprintf("%s adds this to denying what %s", speaker(&c[k]), said(&c[j])))
		}
	}
}

func denier(c *Claim) string {
	if c.Cue.Text == "" {
		return speaker(c)
	}
	return speaker(c) + " (" + c.Cue.Text + ")"
}

func said(c *Claim) string {
	if s := speaker(c); s != "" {
		return s + " said"
	}
	return "the text says"
}

// speaker names who is responsible, with pronouns resolved.
func speaker(c *Claim) string {
	if c.Resolved != "" {
		return c.Resolved
	}
	return c.Source.Text
}

// denied finds what denial i is about: the claims before it that share its words, or, for a mere
// pointer, those of the attribution just before it.
func denied(c []Claim, i int, words stemCache) []int {
	if words.of(c, i) != nil && c[i].Form != author.String() && !pointer(&c[i]) {
		best, most := -1, 0
		mine := words.of(c, i)
		for j := i - 1; j >= 0 && c[j].no+3*maxTurn > c[i].no; j-- {
			if speaker(&c[j]) == speaker(&c[i]) || c[j].denies || c[j].Kind == Order {
				continue
			}
			n := shared(mine, words.of(c, j))
			if speaker(&c[j]) == "" {
				n-- // one shared word with the author is chance
			}
			if n == 1 && c[j].no+reach <= c[i].no {
				continue // and so is one across many sentences
			}
			if n > most {
				best, most = j, n
			}
		}
		for j, least := i+1, 1; best < 0 && j < len(c) && c[j].no < c[i].no+reach; j++ { // told before what it denies
			if n := shared(mine, words.of(c, j)); n > least && speaker(&c[j]) != speaker(&c[i]) && !c[j].denies {
				best = j
			}
		}
		if best >= 0 {
			return []int{best}
		}
		if !c[i].anaphor {
			return accusation(c, i)
		}
	}
	told := -1
	for j := i - 1; j >= 0 && c[j].no+reach > c[i].no; j-- {
		if speaker(&c[j]) == speaker(&c[i]) || c[j].denies && c[j].anaphor {
			continue
		}
		if c[j].Kind == Order && c[i].rejects && told < 0 && (j == 0 || !c[j-1].accuses) {
			return []int{j}
		}
		if c[j].Kind == Order {
			continue
		}
		if speaker(&c[j]) != "" || c[j].accuses {
			return unitOf(c, j)
		}
		if told < 0 {
			told = j // the author's own words: denied only if no one else said anything
		}
	}
	if told >= 0 {
		return unitOf(c, told)
	}
	return nil
}

// pointer reports a denial whose content is its own clause: "Der Sprecher lehnte das ab".
func pointer(c *Claim) bool {
	return c.anaphor && len(c.Source.Spans) > 0 && within(c.Source.Spans[0].Start, c.Source.Spans[0].End, c.Content.Spans)
}

// accusation finds the latest claim before i that blames somebody: a denial that shares no words with
// anything ("denied blocking aid") answers that.
func accusation(c []Claim, i int) []int {
	for j := i - 1; j >= 0 && c[j].no+reach > c[i].no && c[i].Form == object.String(); j-- {
		if c[j].accuses && speaker(&c[j]) != speaker(&c[i]) {
			return []int{j}
		}
	}
	return nil
}

// unitOf lists the claims cut from the same attribution as claim j, statements before counts.
func unitOf(c []Claim, j int) []int {
	var all, plain []int
	for k := j; k >= 0 && c[k].Unit == c[j].Unit; k-- {
		all = append(all, k)
		if c[k].Kind != Count {
			plain = append(plain, k)
		}
	}
	if len(plain) > 0 {
		return plain
	}
	return all
}

// stemCache keeps the stems of claims by their index.
type stemCache map[int][]string

func (s stemCache) of(c []Claim, i int) []string {
	w, ok := s[i]
	if !ok {
		w = stems(c[i].Content.Text)
		s[i] = w
	}
	return w
}

// stems lists the longer words of s, cut to their first five letters.
func stems(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !letter(r) && !(r >= '0' && r <= '9') }) {
		if len(w) < 4 || commonWords[w] {
			continue
		}
		out = append(out, w[:min(len(w), 5)])
	}
	return out
}

// commonWords join no denial with what it denies.
var commonWords = wordSet("nicht nichts kein keine keinen noch auch sich sind wird wurde wurden hatte hatten haben habe seien worden gewesen gegen unter wegen more than they will would also after before about dass eine einen einer dieser diese dieses diesem diesen seine ihre alle some such those these bestritt denied involvement responsibility darstellung vorwürfe vorwurf angaben this that with from have been were their which nach über")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

func shared(a, b []string) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				n++
				break
			}
		}
	}
	return n
}

// A givenCache keeps the figures of claims, as they are compared, by the claim's index.
type givenCache struct {
	given  map[int][]figure.Given
	short  map[string]string     // ids of sources that are short for another of the texts
	places map[string]namedPlace // looked up before, by their words
}

// A namedPlace is what [PlaceNamed] says.
type namedPlace struct {
	figure.Place
	is bool
}

func newGivenCache(texts ...[]Claim) givenCache {
	var ids []string
	seen := map[string]bool{}
	for _, c := range texts {
		for i := range c {
			name := speaker(&c[i])
			if len(c[i].Figures) == 0 || seen[name] {
				continue
			}
			seen[name] = true
			ids = append(ids, naming.ID(name))
		}
	}
	slices.Sort(ids)
	return givenCache{map[int][]figure.Given{}, naming.Short(slices.Compact(ids)), map[string]namedPlace{}}
}

// beside is a cache for the claims of another text that is compared with those of g.
func (g givenCache) beside() givenCache {
	return givenCache{map[int][]figure.Given{}, g.short, g.places}
}

func (g givenCache) of(c []Claim, i int) []figure.Given {
	list, ok := g.given[i]
	if !ok && len(c[i].Figures) > 0 {
		list = c[i].given(g.place)
		for k := range list {
			if long := g.short[list[k].Source]; long != "" {
				list[k].Source = long
			}
		}
		g.given[i] = list
	}
	return list
}

// place is [PlaceNamed], once for the same words.
func (g givenCache) place(words string) (figure.Place, bool) {
	p, ok := g.places[words]
	if !ok {
		p.Place, p.is = PlaceNamed(words)
		g.places[words] = p
	}
	return p.Place, p.is
}

// figureConflict tells why two claims, which give the figures of and with, cannot both be right by [figure.Compare]; "" if
// they can. The claims may be of different texts.
func figureConflict(a, b *Claim, of, with []figure.Given) string {
	for _, f := range of {
		for _, g := range with {
			if figure.Compare(f, g).Is == figure.Apart {
				return fmt.Sprintf("%s says %s%v, %s says %s%v (%s)", nameOf(a), f.Cmp, f.Value, nameOf(b), g.Cmp, g.Value, strings.TrimSpace(f.Unit+" "+f.Event))
			}
		}
	}
	return ""
}

func nameOf(c *Claim) string {
	if s := speaker(c); s != "" {
		return s
	}
	return "the text"
}

func touch(a, b *Interval) bool {
	if a == nil || b == nil {
		return true
	}
	return (a.End == "" || b.Start == "" || a.End >= b.Start) && (b.End == "" || a.Start == "" || b.End >= a.Start)
}

// contrasted links counts that exclude each other where a contrast word says that they are of one event, and nothing else does.
func contrasted(a, b *Claim, of, with []figure.Given) string {
	if !b.contrast || b.no-a.no > 3 || a.Kind != Count || b.Kind != Count || speaker(a) == "" || speaker(b) == "" || strings.EqualFold(speaker(a), speaker(b)) {
		return ""
	}
	for _, f := range of {
		for _, g := range with {
			if figure.Compare(f, g).Is == figure.Unresolved && f.Range().Excludes(g.Range()) {
				return fmt.Sprintf("%s sets its own figure of %s against that of %s", speaker(b), f.Unit, speaker(a))
			}
		}
	}
	return ""
}

// A Pair is a candidate contradiction between claims of different texts.
type Pair struct {
	A, B   int // indexes into the two lists
	Rule   string
	Reason string
}

// Contradictions compares the claims of two texts: figures of the same thing, for times that touch,
// whose ranges exclude each other, and denials of what the other text reports. It compares every
// claim with every other one; callers bring together texts of one case, not whole archives.
func Contradictions(a, b []Claim) []Pair {
	var out []Pair
	left, right := stemCache{}, stemCache{}
	of := newGivenCache(a, b)
	with := of.beside()
	for i := range a {
		for j := range b {
			if why := figureConflict(&a[i], &b[j], of.of(a, i), with.of(b, j)); why != "" {
				out = append(out, Pair{i, j, "figures", why})
			} else if why := deniesAcross(&a[i], &b[j], left.of(a, i), right.of(b, j)); why != "" {
				out = append(out, Pair{i, j, "denial", why})
			}
		}
	}
	return out
}

// deniesAcross wants three shared words: across texts two are chance too often.
func deniesAcross(a, b *Claim, x, y []string) string {
	if a.denies == b.denies || a.anaphor || b.anaphor || strings.EqualFold(speaker(a), speaker(b)) || !touch(a.About, b.About) || shared(x, y) < 3 {
		return ""
	}
	if b.denies {
		a, b = b, a
	}
	return fmt.Sprintf("%s denies what %s", denier(a), said(b))
}
