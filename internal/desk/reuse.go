package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/internal/words"
	"beleg/match"
)

// A reuseView is a stretch of one item that was shown before, with what was decided on it.
type reuseView struct {
	intake.Reuse
	Name        string           `json:"name"`         // of the item that shows it
	EarlierName string           `json:"earlier_name"` // of the item that was shown before
	Since       store.Since      `json:"since"`        // when the earlier one was public
	Outlet      string           `json:"earlier_outlet,omitempty"`
	Place       string           `json:"earlier_place,omitempty"`
	Is          string           `json:"is,omitempty"` // what a person decided
	Decided     casefile.Decided `json:"decided"`
	Base        uint64           `json:"base"`
	Graphic     bool             `json:"graphic,omitempty"`
	Apart       *casework.Apart  `json:"apart,omitempty"` // why nobody needs to decide
	Words       string           `json:"words"`           // the reason, for people
}

// reuseViews joins reuses with the names, dates and decisions that belong to them.
func (d *Desk) reuseViews(ctx context.Context, w words.Words, list []intake.Reuse) ([]reuseView, error) {
	items := map[string]store.Item{}
	for _, r := range list {
		for _, id := range []string{r.Item, r.Earlier} {
			if _, ok := items[id]; ok {
				continue
			}
			it, err := d.folder().Catalogue.Item(ctx, id)
			if err != nil {
				return nil, err
			}
			items[id] = it
		}
	}
	apart, err := d.Book.Apart(ctx, list)
	if err != nil {
		return nil, err
	}
	views := make([]reuseView, len(list))
	d.Book.Look(func(s *casefile.State) {
		for i, r := range list {
			views[i] = reuseViewOf(w, s, r, items, apart[i])
		}
	})
	return views, nil
}

// reuseViewOf joins a reuse with the items that it names and with what was decided on it.
func reuseViewOf(w words.Words, s *casefile.State, r intake.Reuse, items map[string]store.Item, apart *casework.Apart) reuseView {
	on, earlier := casefile.On(casefile.OnReuse, r.ID), items[r.Earlier]
	v := reuseView{Reuse: r, Name: displayName(items[r.Item]), EarlierName: displayName(earlier), Since: store.SinceOf(earlier.Appearances),
		Outlet: earlier.Outlet, Place: earlier.Place, Base: s.Version(on), Graphic: s.Graphic(r.Item) || s.Graphic(r.Earlier), Apart: apart, Words: reasonWords(w, r)}
	is, decided := s.Reuse(on)
	v.Is, v.Decided = is.Is, decided
	return v
}

// sortReuses orders by how much a match is worth, then by strength of proof for the earlier appearance, by the earlier item, and by time.
func sortReuses(list []reuseView) {
	slices.SortStableFunc(list, func(a, b reuseView) int {
		return cmp.Or(cmp.Compare(a.worth(), b.worth()), a.Since.Compare(b.Since), cmp.Compare(a.Earlier, b.Earlier), cmp.Compare(a.Item, b.Item), cmp.Compare(a.BStart, b.BStart))
	})
}

// reasonWords says what a match rests on, with numbers.
func reasonWords(w words.Words, r intake.Reuse) string {
	parts := []string{}
	if r.Kind != match.SameFootage {
		parts = append(parts, w.Maybe("check.kind.", string(r.Kind)))
	}
	if !r.Still && r.BEnd > r.BStart {
		parts = append(parts, w.Say("reuse.seconds", seconds(r.BEnd-r.BStart)))
	}
	if r.Evidence.Pixels == 0 {
		return strings.Join(append(parts, w.Say("reuse.other", r.Evidence.Pairs)), "; ")
	}
	parts = append(parts, w.Say("reuse.pairs", r.Evidence.Pairs, r.Evidence.Pixels*100))
	if r.Evidence.Motion > 0 {
		parts = append(parts, w.Say("reuse.motion", r.Evidence.Motion*100))
	}
	return strings.Join(parts, "; ")
}

func seconds(ms int64) string { return fmt.Sprintf("%.1f", float64(ms)/1000) }

// A reuseGroup holds the reuses of one earlier item.
type reuseGroup struct {
	Earlier, Name, Outlet, Place string
	Since                        store.Since
	Hits                         []reuseView
}

// A reuseListView is the reuse desk.
type reuseListView struct {
	Groups    []reuseGroup
	Faint     []reuseGroup // faint pairs and look-alikes that nobody decided on
	FaintN    int
	Apart     []reuseGroup // that nobody needs to decide on
	ApartN    int
	All       bool // decided ones too
	Item      string
	ItemName  string
	Open      int
	Decided   int
	Unchecked []store.Item // broadcasts that were never compared
	First     string       // the first that nobody decided on
}

func (d *Desk) reuseList(q *request) error {
	item, all := q.URL.Query().Get("item"), q.URL.Query().Get("show") == "all"
	v := reuseListView{All: all, Item: item}
	if item != "" {
		it, err := d.folder().Catalogue.Item(q.Context(), item)
		if err != nil {
			return err
		}
		v.ItemName = displayName(it)
	}
	list, err := d.reuses(q, item)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Is != "" {
			v.Decided++
		} else if r.waits() {
			v.Open++
			v.First = cmp.Or(v.First, r.ID)
		}
		switch {
		case r.Is != "" && !all:
		case r.Is == "" && r.Apart != nil:
			v.Apart = group(v.Apart, r)
			v.ApartN++
		case r.Is == "" && !r.waits():
			v.Faint = group(v.Faint, r)
			v.FaintN++
		default:
			v.Groups = group(v.Groups, r)
		}
	}
	if v.Unchecked, err = d.unchecked(q.Context()); err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "reuse", q.words.Say("title.reuse"), v)
}

// waits reports whether someone should decide on r. What is faint or only looks alike is shown, and waits for nobody.
func (r *reuseView) waits() bool { return r.open() && r.Strength() == match.Believable }

// open reports whether nobody decided on r, and nothing sets it apart.
func (r *reuseView) open() bool { return r.Is == "" && r.Apart == nil }

// told reports whether r is told as shown before, by a person's word or a believable match that nobody refused.
func (r *reuseView) told() bool { return r.Is == casefile.SameFootage || r.waits() }

// faintOf are those that are not told so.
func faintOf(list []reuseView) (out []reuseView) {
	for _, r := range list {
		if !r.told() {
			out = append(out, r)
		}
	}
	return out
}

// worth ranks the strength of r, the most first.
func (r *reuseView) worth() int {
	return slices.Index([]match.Strength{match.Believable, match.Faint, match.Alike}, r.Strength())
}

// group adds r to the last of groups, or to a new one.
func group(groups []reuseGroup, r reuseView) []reuseGroup {
	if n := len(groups); n == 0 || groups[n-1].Earlier != r.Earlier {
		groups = append(groups, reuseGroup{Earlier: r.Earlier, Name: r.EarlierName, Outlet: r.Outlet, Place: r.Place, Since: r.Since})
	}
	g := &groups[len(groups)-1]
	g.Hits = append(g.Hits, r)
	return groups
}

// unchecked lists the latest broadcasts that were never compared with the archive.
func (d *Desk) unchecked(ctx context.Context) (out []store.Item, err error) {
	list, _, err := d.folder().Catalogue.Choose(ctx, store.Choice{Kind: store.Broadcast, Limit: 20})
	if err != nil {
		return nil, err
	}
	for _, it := range list {
		_, ok, err := d.folder().Catalogue.Checked(ctx, it.ID)
		if err != nil {
			return nil, err
		}
		if !ok && it.Media != nil {
			out = append(out, it)
		}
	}
	return out, nil
}

// reuses returns those of an item, or all, in the order of the desk.
func (d *Desk) reuses(q *request, item string) ([]reuseView, error) {
	kept, err := d.folder().Reuses(q.Context(), item)
	if err != nil {
		return nil, err
	}
	list, err := d.reuseViews(q.Context(), q.words, kept)
	sortReuses(list)
	return list, err
}

// reuse returns one, also when the latest check of its item did not find it.
func (d *Desk) reuse(q *request, id string) (reuseView, error) {
	r, err := d.folder().Reuse(q.Context(), id)
	if err != nil {
		return reuseView{}, err
	}
	list, err := d.folder().Reuses(q.Context(), r.Item) // why it is set apart may lie in another
	if err != nil {
		return reuseView{}, err
	}
	at := slices.IndexFunc(list, func(o intake.Reuse) bool { return o.ID == id })
	if at < 0 {
		at, list = len(list), append(list, r)
	}
	views, err := d.reuseViews(q.Context(), q.words, list)
	if err != nil {
		return reuseView{}, err
	}
	return views[at], nil
}

func (d *Desk) apiReuses(q *request) error {
	list, err := d.reuses(q, q.URL.Query().Get("item"))
	if err != nil {
		return err
	}
	return q.json(list)
}

// A pair is one moment on both sides, in milliseconds.
type pair struct{ B, A int64 }

// A compareView is one reuse with both sides.
type compareView struct {
	reuseView
	B, A    store.Item // shows it; was shown before
	Changes []string
	Ribbon  template.HTML
	Sheet   []pair
	Next    string // the next that nobody decided on, "" when this is the last
	Before  string
	At, N   int // place among those of the desk, from 1
	History []casefile.Entry
	Last    uint64 // entry of the decision that stands; 0 when there is none
	Choices []string
	Player  string // JSON for the players
}

func (d *Desk) compare(q *request) error {
	v, err := d.compareView(q)
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "compare", q.words.Say("title.compare"), v)
}

func (d *Desk) compareView(q *request) (v compareView, err error) {
	id := q.PathValue("reuse")
	if v.reuseView, err = d.reuse(q, id); err != nil {
		return v, err
	}
	r := v.Reuse
	v.Choices, v.Changes = casefile.ReuseDecisions, casework.Changes(q.words, r)
	if len(v.Changes) == 0 {
		v.Changes = []string{q.words.Say("check.upright")}
	}
	if v.B, err = d.folder().Catalogue.Item(q.Context(), r.Item); err != nil {
		return v, err
	}
	if v.A, err = d.folder().Catalogue.Item(q.Context(), r.Earlier); err != nil {
		return v, err
	}
	all, err := d.reuses(q, "")
	if err != nil {
		return v, err
	}
	v.neighbours(all)
	v.Ribbon = drawRibbon(v, all, q.words)
	v.Sheet = sheet(r)
	on := casefile.On(casefile.OnReuse, id)
	v.History = d.Book.History(on)
	for _, e := range v.History {
		if e.Do == casefile.Decide && !e.Undone {
			v.Last = e.Index
		}
	}
	b, err := json.Marshal(playerOf(v))
	v.Player = string(b)
	return v, err
}

// neighbours finds the place of v among all, and where to go next.
func (v *compareView) neighbours(all []reuseView) {
	at := slices.IndexFunc(all, func(r reuseView) bool { return r.ID == v.ID })
	v.At, v.N = at+1, len(all)
	if at > 0 {
		v.Before = all[at-1].ID
	}
	faint := v.worth() > 0 // whoever went there goes through the others like it
	for i := range all {
		r := all[(max(at, 0)+1+i)%len(all)]
		if r.open() && r.ID != v.ID && (r.worth() > 0) == faint {
			v.Next = r.ID
			return
		}
	}
}

// sheetMoments is how many pairs of pictures a contact sheet has.
const sheetMoments = 6

// sheet chooses moments evenly over the stretch.
func sheet(r intake.Reuse) (list []pair) {
	for i := range int64(sheetMoments) {
		share := func(from, to int64) int64 { return from + (to-from)*(2*i+1)/(2*sheetMoments) }
		p := pair{share(r.BStart, r.BEnd), share(r.AStart, r.AEnd)}
		if r.Rate < 0 {
			p.A = r.AEnd - (p.A - r.AStart)
		}
		list = append(list, p)
	}
	return list
}

// A player is what the module that locks the two sides together needs.
type player struct {
	ID        string     `json:"id"`
	BStart    int64      `json:"bStart"`
	BEnd      int64      `json:"bEnd"`
	AStart    int64      `json:"aStart"`
	AEnd      int64      `json:"aEnd"`
	Rate      float64    `json:"rate"`
	Still     bool       `json:"still"` // A is a photo
	Photo     bool       `json:"photo"` // B is a photo
	Mirrored  bool       `json:"mirrored"`
	Frame     float64    `json:"frame"`     // of B, in seconds
	Transform [8]float64 `json:"transform"` // of B's picture to A's, in 1/1024 of the longer side
}

func playerOf(v compareView) player {
	p := player{ID: v.ID, BStart: v.BStart, BEnd: v.BEnd, AStart: v.AStart, AEnd: v.AEnd, Rate: v.Rate, Still: v.Still, Mirrored: v.Picture.Mirrored,
		Transform: v.Transform, Frame: 0.04}
	if m := v.B.Media; m != nil {
		p.Photo = m.Kind == "photo"
		var rate float64
		if _, err := fmt.Sscan(m.Rate, &rate); err == nil && rate > 0 {
			p.Frame = 1 / rate
		}
	}
	return p
}

// drawRibbon draws which seconds of one item are which of the other: this reuse, and faintly those beside it of the same two items.
func drawRibbon(v compareView, all []reuseView, w words.Words) template.HTML {
	const left, width, top, bottom, bar = 8.0, drawWidth - 16, 26.0, 84.0, 16.0
	length := func(it store.Item, end int64) float64 {
		if it.Media != nil && it.Media.Duration > 0 {
			return max(float64(it.Media.Duration)/1e6, float64(end))
		}
		return max(float64(end), 1)
	}
	nb, na := length(v.B, v.BEnd), length(v.A, v.AEnd)
	var s svg
	s.text("name", left, 16, w.Say("ribbon.b")+": "+shorten(v.Name, 70))
	s.text("name", left, bottom+bar+18, w.Say("ribbon.a")+": "+shorten(v.EarlierName, 70))
	s.rect("whole", left, top, width, bar, v.Name+" 0:00–"+clock(int64(nb)))
	s.rect("whole", left, bottom, width, bar, v.EarlierName+" 0:00–"+clock(int64(na)))
	draw := func(class string, r reuseView) {
		b0, b1 := left+float64(r.BStart)/nb*width, left+float64(r.BEnd)/nb*width
		a0, a1 := left+float64(r.AStart)/na*width, left+float64(r.AEnd)/na*width
		if r.Still {
			a0, a1 = left, left+width
		}
		if r.BStart == r.BEnd { // a photo
			b0, b1 = left, left+width
		}
		x0, x1 := a0, a1
		if r.Rate < 0 {
			x0, x1 = a1, a0
		}
		fmt.Fprintf(&s, `<polygon class="%s" points="%s,%s %s,%s %s,%s %s,%s"/>`, class,
			num(b0), num(top+bar), num(b1), num(top+bar), num(x1), num(bottom), num(x0), num(bottom))
		s.rect(class, b0, top, b1-b0, bar, clock(r.BStart)+"–"+clock(r.BEnd))
		s.rect(class, a0, bottom, a1-a0, bar, clock(r.AStart)+"–"+clock(r.AEnd))
	}
	for _, r := range all {
		if r.Item == v.Item && r.Earlier == v.Earlier && r.ID != v.ID {
			draw("beside", r)
		}
	}
	draw("this", v.reuseView)
	name := w.Say("ribbon.name", clock(v.BStart), clock(v.BEnd), clock(v.AStart), clock(v.AEnd))
	return s.wrap("ribbon", name, drawWidth, bottom+bar+26)
}
