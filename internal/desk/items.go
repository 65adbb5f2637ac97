package desk

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"beleg/edtf"
	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/store"
)

// An itemList is a page of items.
type itemList struct {
	Items []store.Item `json:"items"`
	Total int          `json:"total"`
	Next  int64        `json:"next,omitempty"` // to be given as before for the page that follows; 0 at the end
}

const pageSize = 50

func (d *Desk) choose(q *request) (itemList, store.Choice, error) {
	v := q.URL.Query()
	ch := store.Choice{Kind: v.Get("kind"), State: v.Get("state"), Outlet: v.Get("outlet"), Words: v.Get("q"), Order: v.Get("order"), Limit: pageSize}
	if len(ch.Words) > 500 {
		return itemList{}, ch, &casefile.InvalidError{Field: "q", Detail: "is longer than 500 bytes; use fewer words"}
	}
	if !slices.Contains(store.Orders, ch.Order) {
		return itemList{}, ch, casefile.Invalid("order", "must be oldest, name, outlet, public or empty")
	}
	var err error
	for _, f := range []struct {
		name string
		to   *string
	}{{"from", &ch.From}, {"to", &ch.To}} {
		if *f.to, err = dateField(f.name, v.Get(f.name)); err != nil {
			return itemList{}, ch, err
		}
	}
	if ch.Before, err = numberField(v, "before", 0, math.MaxInt64, casefile.Invalid("before", "must be the number that the page before gave as next")); err != nil {
		return itemList{}, ch, err
	}
	skip, err := numberField(v, "skip", 0, 1e9, casefile.Invalid("skip", "must be how many items to leave out"))
	if err != nil {
		return itemList{}, ch, err
	}
	limit, err := numberField(v, "limit", 1, 500, casefile.Invalid("limit", "must be 1 to 500"))
	if err != nil {
		return itemList{}, ch, err
	}
	if ch.Before == 0 { // else it only says how many were shown before
		ch.Skip = int(skip)
	}
	if limit > 0 {
		ch.Limit = int(limit)
	}
	list, total, err := d.folder().Catalogue.Choose(q.Context(), ch)
	if err != nil {
		return itemList{}, ch, err
	}
	out := itemList{Items: list, Total: total}
	if len(list) == ch.Limit {
		out.Next = int64(list[len(list)-1].Index)
	}
	return out, ch, nil
}

// numberField reads a number of a query; 0 when it is not there, and wrong when it is no number from least to most.
func numberField(v url.Values, name string, least, most int64, wrong error) (int64, error) {
	s := v.Get(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < least || n > most {
		return 0, wrong
	}
	return n, nil
}

// dateField reads a date as people write it and returns its EDTF; "" for none.
func dateField(name, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	date, err := edtf.Read(text)
	if err != nil {
		return "", dateProblem(name, err)
	}
	return date.String(), nil
}

// dateProblem says what to write instead of a date that cannot be read.
func dateProblem(field string, err error) error {
	switch {
	case errors.Is(err, edtf.ErrAmbiguous):
		return casefile.Invalid(field, "may be two different days: write the month as a word, or the date as 2014-05-03")
	case errors.Is(err, intake.ErrFuture):
		return casefile.Invalid(field, "lies after today: nothing can have been seen then")
	}
	return casefile.Invalid(field, "is no date that can be read: write 3 May 2014, May 2014, 3.5.2014, 2014, about 2014, or EDTF such as 2014-05-03, 2014~ or 2014/2016")
}

// An itemsView is the list with what it was chosen by.
type itemsView struct {
	itemList
	Choice   store.Choice
	From, To string // as they were typed
	View     string // list or grid
	Kinds    []string
	States   []string
	Orders   []string
	Outlets  []string
	Graphic  map[string]bool
	Bases    map[string]uint64 // of the next decision on each item
	Cases    []caseBase        // in which the person may file
	More     string            // address of the page that follows
	Other    string            // address of the other view
	Shown    int               // items up to the end of this page
	Unseen   []stateCount      // items of the whole archive that were not looked at, or only in part
}

// A caseBase is a case and the base of the next decision on it.
type caseBase struct {
	ID, Title string
	Base      uint64
}

// A stateCount says how many items have a state.
type stateCount struct {
	State string
	N     int
}

func (d *Desk) items(q *request) error {
	list, ch, err := d.choose(q)
	if err != nil {
		return err
	}
	given := q.URL.Query()
	v := itemsView{itemList: list, Choice: ch, From: given.Get("from"), To: given.Get("to"), View: "list", Graphic: d.graphic(list.Items),
		Kinds:  []string{store.Broadcast, store.Clip, store.Photo, store.Article, store.Document},
		States: []string{store.Pending, store.Complete, store.Partial, store.Unreadable, store.Refused, store.Kept, store.Deleted},
		Orders: store.Orders, Shown: shownBefore(given) + len(list.Items)}
	other := "grid"
	if given.Get("view") == "grid" {
		v.View, other = "grid", "list"
	}
	if v.Outlets, err = d.folder().Catalogue.Outlets(q.Context()); err != nil {
		return err
	}
	if v.Unseen, err = d.unseen(q.Context()); err != nil {
		return err
	}
	v.Cases, v.Bases = d.filingPlaces(q, list.Items)
	v.Other = listAddress(given, "view", other, "before", "", "skip", "")
	if list.Next > 0 {
		v.More = listAddress(given, "before", strconv.FormatInt(list.Next, 10), "skip", strconv.Itoa(v.Shown))
		if ch.Order != store.ByTaken {
			v.More = listAddress(given, "before", "", "skip", strconv.Itoa(v.Shown))
		}
	}
	return d.page(q, http.StatusOK, "items", q.words.Say("title.items"), v)
}

// shownBefore is how many items the pages before showed, as the address of the list says.
func shownBefore(given url.Values) int {
	n, err := strconv.Atoi(given.Get("skip"))
	if err != nil {
		return 0
	}
	return n
}

// listAddress is that of the list with some of its settings changed, given as pairs; those that are empty are left out.
func listAddress(given url.Values, pairs ...string) string {
	next := url.Values{}
	for name, list := range given {
		if len(list) > 0 && list[0] != "" {
			next.Set(name, list[0])
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if next.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			next.Del(pairs[i])
		}
	}
	return "/items?" + next.Encode()
}

// unseen counts what was not looked at, or only in part: a list that hid it would look complete.
func (d *Desk) unseen(ctx context.Context) (list []stateCount, err error) {
	_, states, err := d.folder().Catalogue.Tally(ctx)
	for _, s := range []string{store.Pending, store.Partial, store.Unreadable, store.Refused, store.Kept} {
		if n := states[s]; n > 0 {
			list = append(list, stateCount{s, n})
		}
	}
	return list, err
}

// filingPlaces are the cases in which a person may file, the last changed first, and the bases of decisions on items.
func (d *Desk) filingPlaces(q *request, list []store.Item) (cases []caseBase, bases map[string]uint64) {
	bases = map[string]uint64{}
	d.Book.Look(func(s *casefile.State) {
		for _, c := range s.Cases() {
			if q.who.In(c.ID) >= accounts.Reporter {
				cases = append(cases, caseBase{c.ID, c.Title, s.Version(casefile.On(casefile.OnCase, c.ID))})
			}
		}
		for _, it := range list {
			bases[it.ID] = s.Version(casefile.On(casefile.OnItem, it.ID))
		}
	})
	return cases, bases
}

func (d *Desk) graphic(list []store.Item) map[string]bool {
	out := map[string]bool{}
	d.Book.Look(func(s *casefile.State) {
		for _, it := range list {
			out[it.ID] = s.Graphic(it.ID)
		}
	})
	return out
}

func (d *Desk) apiItems(q *request) error {
	list, _, err := d.choose(q)
	if err != nil {
		return err
	}
	return q.json(list)
}

// An itemView is everything about one item.
type itemView struct {
	store.History
	Decisions []casefile.Entry `json:"decisions"`
	Graphic   bool             `json:"graphic"`
	Reuses    []reuseView      `json:"reuses"`    // stretches of it that were shown before
	ShownIn   []reuseView      `json:"shown_in"`  // stretches of others that show it
	Checked   string           `json:"checked"`   // when it was last compared with the archive, "" for never
	CanCheck  bool             `json:"can_check"` // it has pictures
	Base      uint64           `json:"base"`      // of the next decision on it
	HasText   bool             `json:"has_text"`  // words were taken out of it
	Still     bool             `json:"still"`     // it is a photo
}

// itemOf finds the item that the path names, by its id or the beginning of it.
func (d *Desk) itemOf(q *request) (string, error) {
	return d.folder().Catalogue.Find(q.Context(), q.PathValue("item"))
}

func (d *Desk) itemView(q *request) (v itemView, err error) {
	id, err := d.itemOf(q)
	if err != nil {
		return v, err
	}
	ctx, cat := q.Context(), d.folder().Catalogue
	if v.History, err = cat.History(ctx, id); err != nil {
		return v, err
	}
	if v.Checked, _, err = cat.Checked(ctx, id); err != nil {
		return v, err
	}
	shows, err := d.folder().Reuses(ctx, id)
	if err != nil {
		return v, err
	}
	shown, err := d.folder().ReusesOf(ctx, id)
	if err != nil {
		return v, err
	}
	if v.Reuses, err = d.reuseViews(ctx, q.words, shows); err != nil {
		return v, err
	}
	if v.ShownIn, err = d.reuseViews(ctx, q.words, shown); err != nil {
		return v, err
	}
	v.CanCheck = v.Media != nil && (v.Media.Kind == "video" || v.Media.Kind == "photo")
	v.Still = v.Media != nil && v.Media.Kind == "photo"
	v.HasText = v.Text != nil
	on := casefile.On(casefile.OnItem, id)
	d.Book.Look(func(s *casefile.State) {
		v.Decisions, v.Graphic, v.Base = s.History(on), s.Graphic(id), s.Version(on)
	})
	return v, nil
}

func (d *Desk) apiItem(q *request) error {
	v, err := d.itemView(q)
	if err != nil {
		return err
	}
	return q.json(v)
}

// An itemPage is the page of an item: tabs over panes, all of them there, the one asked for shown.
type itemPage struct {
	itemView
	Panes   []pane
	Pane    string
	Words   []store.Piece // the text, or a stretch of it; what was searched for is a hit
	Cut     int64         // bytes of the text that are not shown
	Claims  []claimView
	Sheet   []int64 // milliseconds of the pictures of the contact sheet
	Custody custodyView
	At      int64 // milliseconds at which the player begins
}

// A pane is one tab of a page; N is how many things it holds, 0 where that is no question.
type pane struct {
	Name string
	N    int
}

// Bounds of what the page of an item shows at once.
const (
	textShown   = 200_000 // bytes
	sheetMost   = 24      // pictures
	hashForItem = 4 << 20 // bytes of an original that is hashed each time its page is opened
)

func (d *Desk) item(q *request) error {
	v, err := d.itemView(q)
	if err != nil {
		return err
	}
	p := itemPage{itemView: v, Sheet: sheetOf(v.Media)}
	if v.HasText {
		if err := d.itemText(q, &p); err != nil {
			return err
		}
	}
	if p.Custody, err = d.custodyView(q, hashForItem); err != nil {
		return err
	}
	p.Panes = p.panes()
	p.Pane = p.Panes[0].Name
	if asked := q.URL.Query().Get("pane"); slices.ContainsFunc(p.Panes, func(x pane) bool { return x.Name == asked }) {
		p.Pane = asked
	}
	if p.At, err = numberField(q.URL.Query(), "at", 0, 1e12, casefile.Invalid("at", "must be milliseconds since the first frame")); err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "item", displayName(v.Item), p)
}

// itemText fills in the text and its claims. A text that is gone is no reason to show nothing of the item: verify names it.
func (d *Desk) itemText(q *request, p *itemPage) error {
	t, err := d.Book.Text(q.Context(), p.ID)
	if errors.Is(err, casework.ErrNoText) || errors.Is(err, fs.ErrNotExist) {
		p.HasText = false
		return nil
	}
	if err != nil {
		return err
	}
	p.Claims = t.Claims
	asked := q.URL.Query().Get("q")
	if len(asked) > 500 {
		return &casefile.InvalidError{Field: "q", Detail: "is longer than 500 bytes; use fewer words"}
	}
	words, err := d.folder().Catalogue.Expand(q.Context(), store.Ask(asked))
	if err != nil {
		return err
	}
	shown := stretchOf(t.Text, words)
	p.Words, p.Cut = words.Pieces(shown), int64(len(t.Text)-len(shown))
	return nil
}

// stretchOf returns a text, or of a long one the stretch in which a query is found first, else its beginning.
func stretchOf(text string, q store.Query) string {
	if len(text) <= textShown {
		return text
	}
	from := 0
	if e, ok := q.Excerpt(text); ok {
		from = max(0, min(e.Start-textShown/4, len(text)-textShown))
	}
	return strings.ToValidUTF8(text[from:from+textShown], "")
}

// panes are those that the item has something for.
func (p itemPage) panes() []pane {
	var list []pane
	if p.CanCheck {
		list = append(list, pane{"look", len(p.Reuses) + len(p.ShownIn)})
	}
	if p.HasText {
		list = append(list, pane{"text", 0}, pane{"claims", len(p.Claims)})
	}
	if len(p.Sheet) > 1 {
		list = append(list, pane{"sheet", 0})
	}
	return append(list, pane{"facts", 0}, pane{"proof", 0}, pane{"history", len(p.Decisions)})
}

// sheetOf spreads the pictures of a contact sheet evenly over what was looked at.
func sheetOf(m *store.Media) []int64 {
	if m == nil || m.Kind != "video" {
		return nil
	}
	last := m.Last / int64(time.Millisecond)
	n := min(sheetMost, last/1000+1)
	var list []int64
	for i := range n {
		list = append(list, last*(2*i+1)/(2*n))
	}
	return list
}

// displayName is what people call an item.
func displayName(it store.Item) string {
	if it.Title != "" {
		return it.Title
	}
	return it.Name
}
