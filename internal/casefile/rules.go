package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"beleg/claim/figure"
	"beleg/edtf"
)

// A Claim is what the rules look at: a suggested or confirmed claim with people's changes applied.
type Claim struct {
	On       Subject
	Item     string // hex SHA-256 of the text's original
	Text     string // the claim's own words
	Source   string // as a person would name it; "" is the author
	Root     string // id of the source whose report it is: sources of one root count as one
	Channel  string // through which it came, "" when none
	Kind     string // one of ClaimKinds
	About    string // EDTF, "" when the text does not tell
	Places   []figure.Place
	At       int // byte of the text at which it begins
	Figures  []Figure
	Denies   []Subject // claims that the text engine says it denies
	Pictures bool      // speaks of pictures: footage, video, Aufnahmen
	Lasts    bool      // names a length of time: with no date beside it, it may say how old pictures are
}

// A Reuse is a stretch of one item that shows another, with when the earlier one was public.
type Reuse struct {
	On       Subject
	Item     string       // shows it
	Earlier  string       // was shown before
	Since    string       // EDTF: Earlier was public not later than this
	How      string       // how we know: trusted, log, page, metadata, stated
	Place    figure.Place // where Earlier was taken, as its source says; without words when it does not
	Is       string       // a person's decision, "" while suggested
	From, To int64        // where Item shows it, in milliseconds; equal for a photo
	Suppress bool         // the machine takes it for an ident, studio or test card
}

// An Item is what the rules need of one: where it came from and when it was published.
type Item struct {
	ID, Outlet, Kind, Published string // Published is EDTF
}

// Rules that find contradictions.
const (
	Anachronism    = "anachronism"
	FigureConflict = "figure conflict"
	DenialRule     = "denial"
	PlaceConflict  = "place conflict"
)

// A Contradiction is a suggestion by a rule, with the chain of what it rests on.
type Contradiction struct {
	On    Subject // the same finding has the same id
	Rule  string
	A, B  Subject // what stands against what: claim against reuse, or claim against claim
	Chain []Step
}

// A Step is one link of the chain: what is said there, in which subject.
type Step struct {
	On     Subject `json:"on"`
	Says   Saying  `json:"says"`
	Of     string  `json:"of,omitempty"`   // words of the claim, source, place or date that it is about
	With   string  `json:"with,omitempty"` // what is said of that
	From   int64   `json:"from_ms,omitempty"`
	To     int64   `json:"to_ms,omitempty"`
	Figure *Figure `json:"figure,omitempty"`
}

// A Saying is what a step says; people read it in their language.
type Saying string

// What steps say, with what Of and With hold.
const (
	ClaimedFor   Saying = "claimed"       // a date; the words of the claim
	ShownAt      Saying = "shown"         // From and To
	PublicSince  Saying = "since"         // a date; how we know
	EarlierItem  Saying = "earlier"       // nothing
	ClaimedPlace Saying = "place claimed" // places
	NamedPlace   Saying = "place named"   // a place
	GivesFigure  Saying = "figure"        // a source, "" for the text itself; the words of the claim, and Figure
	Because      Saying = "because"       // a reason of package figure
	Denies       Saying = "denies"        // a source, "" for the text itself; the words of the claim
	Says         Saying = "says"          // the same
)

func contradiction(rule string, a, b Subject, chain ...Step) Contradiction {
	sum := sha256.Sum256([]byte(rule + "\n" + string(a) + "\n" + string(b)))
	return Contradiction{On: On(OnContradiction, hex.EncodeToString(sum[:8])), Rule: rule, A: a, B: b, Chain: chain}
}

// Contradictions applies the rules to what is in a case. links are those that people made; items are
// those that the claims and reuses name. The order is that of the rules, then of the claims.
func Contradictions(claims []Claim, reuses []Reuse, items []Item, links []PicturesOf) []Contradiction {
	var out []Contradiction
	out = append(out, anachronisms(claims, reuses, items, links)...)
	out = append(out, figureConflicts(claims)...)
	out = append(out, denials(claims)...)
	return out
}

// anachronisms finds claims about the pictures of an item that, by a reuse, were public before the
// time that the claim speaks of, and claims that give another place than the earlier appearance.
func anachronisms(claims []Claim, reuses []Reuse, items []Item, links []PicturesOf) []Contradiction {
	var out []Contradiction
	for _, c := range claims {
		for _, r := range reuses {
			if r.Suppress || r.Is != "" && r.Is != SameFootage || !speaksOf(c, r.Item, items, links) {
				continue
			}
			about := c.About
			if about == "" && !c.Lasts { // pictures shown as current are about the day they are shown
				about = published(r.Item, items)
			}
			if certainlyBefore(r.Since, about) {
				out = append(out, contradiction(Anachronism, c.On, r.On,
					Step{On: c.On, Says: ClaimedFor, Of: about, With: c.Text},
					Step{On: On(OnItem, r.Item), Says: ShownAt, From: r.From, To: r.To},
					Step{On: r.On, Says: PublicSince, Of: r.Since, With: r.How},
					Step{On: On(OnItem, r.Earlier), Says: EarlierItem}))
			}
			if r.Place.Words != "" && len(c.Places) > 0 && elsewhere(c.Places, r.Place) {
				out = append(out, contradiction(PlaceConflict, c.On, r.On,
					Step{On: c.On, Says: ClaimedPlace, Of: placeWords(c.Places)},
					Step{On: r.On, Says: NamedPlace, Of: r.Place.Words}))
			}
		}
	}
	return out
}

// speaksOf reports whether a claim is about the pictures of an item: a person linked them; or the
// claim speaks of pictures, or is a finding or a statement through a channel, that the item's outlet
// showed.
func speaksOf(c Claim, item string, items []Item, links []PicturesOf) bool {
	if slices.Contains(links, PicturesOf{c.On, On(OnItem, item)}) {
		return true
	}
	if c.Item == item {
		return true
	}
	i := slices.IndexFunc(items, func(i Item) bool { return i.ID == item })
	if i < 0 || items[i].Kind != "broadcast" {
		return false
	}
	outlet := SourceID(items[i].Outlet)
	return c.Pictures || outlet != "" && (SourceID(c.Source) == outlet || SourceID(c.Channel) == outlet)
}

func published(item string, items []Item) string {
	if i := slices.IndexFunc(items, func(i Item) bool { return i.ID == item }); i >= 0 {
		return items[i].Published
	}
	return ""
}

// certainlyBefore reports whether the whole of EDTF a lies before the whole of b.
func certainlyBefore(a, b string) bool {
	x, err1 := edtf.Parse(a)
	y, err2 := edtf.Parse(b)
	if a == "" || b == "" || err1 != nil || err2 != nil {
		return false
	}
	_, end, _, open := x.Interval()
	start, _, openStart, _ := y.Interval()
	return !open && !openStart && !end.After(start)
}

// elsewhere reports that a place is none of the places, and lies in none of them, nor they in it.
func elsewhere(places []figure.Place, place figure.Place) bool {
	return !slices.ContainsFunc(places, func(p figure.Place) bool { return figure.Meet(p, place) })
}

func placeWords(places []figure.Place) string {
	var words []string
	for _, p := range places {
		words = append(words, p.Words)
	}
	return strings.Join(words, ", ")
}

// figureConflicts finds figures that cannot both be right by [figure.Compare]; of two claims it names one pair.
func figureConflicts(claims []Claim) []Contradiction {
	given := make([][]figure.Given, len(claims))
	var with []int // claims that give figures
	for i, c := range claims {
		for _, f := range c.Figures {
			given[i] = append(given[i], c.given(f))
		}
		if len(c.Figures) > 0 {
			with = append(with, i)
		}
	}
	var out []Contradiction
	for n, i := range with {
		for _, j := range with[n+1:] {
			f, g, answer := rivals(given[i], given[j])
			if answer.Is != figure.Apart {
				continue
			}
			a, b := claims[i], claims[j]
			chain := []Step{{On: a.On, Says: GivesFigure, Of: a.Source, With: a.Text, Figure: &a.Figures[f]}, {On: b.On, Says: GivesFigure, Of: b.Source, With: b.Text, Figure: &b.Figures[g]}}
			if answer.Why != "" {
				chain = append(chain, Step{On: b.On, Says: Because, With: string(answer.Why)})
			}
			out = append(out, contradiction(FigureConflict, a.On, b.On, chain...))
		}
	}
	return out
}

// rivals returns the places of the first figures of two claims that cannot both be right.
func rivals(a, b []figure.Given) (int, int, figure.Answer) {
	for i, f := range a {
		for j, g := range b {
			if answer := figure.Compare(f, g); answer.Is == figure.Apart {
				return i, j, answer
			}
		}
	}
	return 0, 0, figure.Answer{}
}

// denials links a denial to the claims that the text engine says it denies.
func denials(claims []Claim) []Contradiction {
	var out []Contradiction
	for _, c := range claims {
		for _, on := range c.Denies {
			i := slices.IndexFunc(claims, func(d Claim) bool { return d.On == on })
			if i < 0 {
				continue
			}
			d := claims[i]
			out = append(out, contradiction(DenialRule, c.On, on,
				Step{On: c.On, Says: Denies, Of: c.Source, With: c.Text},
				Step{On: on, Says: Says, Of: d.Source, With: d.Text}))
		}
	}
	return out
}

// String is the rule with its two sides, for logs and tests.
func (c Contradiction) String() string { return fmt.Sprintf("%s: %s against %s", c.Rule, c.A, c.B) }
