package desk

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
)

// A filing is what a person needs to file something in a case.
type filing struct {
	What  casefile.Subject `json:"what"`
	Name  string           `json:"name"`
	Cases []filingCase     `json:"cases"` // in which the person may file, the one used last first
	New   string           `json:"new"`   // id of a case that is opened now, "" for whoever may not open one
}

// A filingCase is a case to file in.
type filingCase struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Base  uint64 `json:"base"`
	Filed bool   `json:"filed,omitempty"` // what is to be filed is there already
}

func (d *Desk) apiFiling(q *request) error {
	typed := q.URL.Query().Get("what")
	on, err := d.Book.Resolve(q.Context(), typed)
	if err != nil {
		return err
	}
	name, err := d.nameOf(q, on)
	if err != nil {
		return err
	}
	v := filing{What: on, Name: name, Cases: []filingCase{}}
	if q.who.Role >= accounts.Reporter {
		v.New = casework.NewCaseID("")
	}
	used := map[string]uint64{}
	d.Book.Look(func(s *casefile.State) {
		for _, c := range s.Cases() {
			if q.who.In(c.ID) < accounts.Reporter || c.State == "sealed" {
				continue
			}
			own := casefile.On(casefile.OnCase, c.ID)
			v.Cases = append(v.Cases, filingCase{c.ID, c.Title, s.Version(own), slices.ContainsFunc(c.Evidence, func(f casefile.Filed) bool { return f.What == on })})
			for _, e := range s.History(own) {
				if e.Actor == q.who.Name {
					used[c.ID] = e.Index
				}
			}
		}
	})
	slices.SortStableFunc(v.Cases, func(a, b filingCase) int { return cmp.Compare(used[b.ID], used[a.ID]) })
	return q.json(v)
}

// nameOf is what people call an item, reuse or claim.
func (d *Desk) nameOf(q *request, on casefile.Subject) (string, error) {
	switch on.Kind() {
	case casefile.OnItem:
		it, err := d.folder().Catalogue.Item(q.Context(), on.ID())
		return displayName(it), err
	case casefile.OnReuse:
		r, err := d.reuse(q, on.ID())
		return reuseName(q, r), err
	case casefile.OnClaim:
		item, _, _ := casework.ClaimItem(on)
		t, err := d.Book.Text(q.Context(), item)
		for _, c := range t.Claims {
			if c.On == on {
				return quoted(q, c.Text), err
			}
		}
		return "", err
	}
	return "", &casefile.InvalidError{Field: "what", Detail: "must be an item, a reuse or a claim"}
}

func reuseName(q *request, r reuseView) string {
	return q.words.Say("case.reuse", r.Name, clock(r.BStart), clock(r.BEnd), r.EarlierName, appearanceWords(q.words, r.Since.Claimed))
}

func quoted(q *request, text string) string { return q.words.Say("file.quoted", text) }

// A pieceOfEvidence is something that could be filed, as the picker shows it.
type pieceOfEvidence struct {
	What casefile.Subject `json:"what"`
	Kind string           `json:"kind"` // in words
	Name string           `json:"name"`
	Note string           `json:"note,omitempty"` // outlet, place, date, in words
}

// An evidenceList is what the picker shows.
type evidenceList struct {
	Query string            `json:"query"`
	Hits  []pieceOfEvidence `json:"hits"`
	More  bool              `json:"more,omitempty"` // more was found than is listed; further words narrow it
}

const (
	evidenceMost = 12  // hits of a kind that the picker lists
	evidenceLook = 500 // items of the other words that are looked at for a date
)

// dated matches a word of a query that is a day, month or year.
var dated = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}){0,2}$`)

// apiEvidence finds items, reuses and claims by name, words, outlet and date.
func (d *Desk) apiEvidence(q *request) error {
	out := evidenceList{Query: strings.TrimSpace(q.URL.Query().Get("q")), Hits: []pieceOfEvidence{}}
	if len(out.Query) > 500 {
		return &casefile.InvalidError{Field: "q", Detail: "is longer than 500 bytes; use fewer words"}
	}
	var date string
	var words []string
	for _, w := range strings.Fields(out.Query) {
		if dated.MatchString(w) && date == "" {
			date = w
		} else {
			words = append(words, w)
		}
	}
	asked, err := d.folder().Catalogue.Expand(q.Context(), store.Ask(strings.Join(words, " ")))
	if err != nil {
		return err
	}
	for _, find := range []func(*request, store.Query, string, *evidenceList) error{d.itemsToFile, d.reusesToFile, d.claimsToFile} {
		if err := find(q, asked, date, &out); err != nil {
			return err
		}
	}
	return q.json(out)
}

func (l *evidenceList) add(n *int, p pieceOfEvidence) {
	if *n++; *n > evidenceMost {
		l.More = true
		return
	}
	l.Hits = append(l.Hits, p)
}

func (d *Desk) itemsToFile(q *request, asked store.Query, date string, out *evidenceList) error {
	list, total, err := d.itemsOf(q, asked)
	n := 0
	for _, it := range list {
		if !publicOn(it, date) {
			continue
		}
		out.add(&n, pieceOfEvidence{What: casefile.On(casefile.OnItem, it.ID), Kind: q.words.Maybe("kind.", it.Kind), Name: displayName(it), Note: itemNote(q, it)})
	}
	out.More = out.More || total > len(list)
	return err
}

// itemsOf finds items by what is known of them, then by their whole texts; all when nothing is asked for.
func (d *Desk) itemsOf(q *request, asked store.Query) ([]store.Item, int, error) {
	if asked.Empty() {
		return d.folder().Catalogue.Choose(q.Context(), store.Choice{Limit: evidenceLook})
	}
	list, total, err := d.folder().Catalogue.SearchItems(q.Context(), asked, evidenceLook)
	if err != nil {
		return nil, 0, err
	}
	texts, more, err := d.folder().Catalogue.SearchTexts(q.Context(), asked, evidenceMost)
	for _, t := range texts {
		if !slices.ContainsFunc(list, func(it store.Item) bool { return it.ID == t.Item.ID }) {
			list = append(list, t.Item)
		}
	}
	return list, max(total, more), err
}

// publicOn reports whether an item was public on a day, in a month or a year, by any appearance. An empty date is any.
func publicOn(it store.Item, date string) bool {
	return date == "" || it.Text != nil && strings.HasPrefix(it.Text.Published, date) ||
		slices.ContainsFunc(it.Appearances, func(a store.Appearance) bool { return strings.HasPrefix(a.Date, date) })
}

func itemNote(q *request, it store.Item) string {
	parts := []string{}
	for _, s := range []string{it.Outlet, it.Place} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if since := casework.PublishedOn(it); since != "" {
		parts = append(parts, dateWords(q.words, since))
	}
	return strings.Join(parts, " · ")
}

// reusesToFile lists what a person called the same footage, and what is believable and waits for one.
func (d *Desk) reusesToFile(q *request, asked store.Query, date string, out *evidenceList) error {
	list, err := d.reuses(q, "")
	n := 0
	for _, r := range list {
		if r.Is != casefile.SameFootage && !r.waits() {
			continue
		}
		if asked.Matches(r.Name, r.EarlierName, r.Outlet, r.Place, q.words.Say("title.reuse")) && (date == "" || strings.HasPrefix(r.Since.Claimed.Date, date)) {
			kind := q.words.Say("status.suggested")
			if r.Is != "" {
				kind = q.words.Maybe("reuse.is.", r.Is)
			}
			out.add(&n, pieceOfEvidence{What: casefile.On(casefile.OnReuse, r.ID), Kind: q.words.Say("title.reuse"), Name: reuseName(q, r), Note: kind})
		}
	}
	return err
}

func (d *Desk) claimsToFile(q *request, asked store.Query, date string, out *evidenceList) error {
	if asked.Empty() || date != "" { // claims are found by their words
		return nil
	}
	list, total, err := d.folder().Catalogue.SearchClaims(q.Context(), asked, evidenceMost)
	if err != nil {
		return err
	}
	out.More = out.More || total > len(list)
	texts := map[string]textView{}
	for _, s := range list {
		t, ok := texts[s.Item]
		if !ok {
			if t, err = d.Book.Text(q.Context(), s.Item); err != nil {
				return err
			}
			texts[s.Item] = t
		}
		i := slices.IndexFunc(t.Claims, func(c claimView) bool { return c.On == claimOn(s) })
		if i < 0 || t.Claims[i].Into != "" || t.Claims[i].Decided.Status == casefile.Refused {
			continue
		}
		c := t.Claims[i]
		out.Hits = append(out.Hits, pieceOfEvidence{What: c.On, Kind: q.words.Say("case.claim"), Name: quoted(q, c.Text), Note: cmp.Or(c.Source, q.words.Say("claim.author")) + " · " + displayName(t.Item)})
	}
	return nil
}

// A claimChoice is a claim that evidence can be filed for or against.
type claimChoice struct {
	On     casefile.Subject `json:"on"`
	Text   string           `json:"text"`
	Source string           `json:"source"`
	Row    bool             `json:"row"` // something is filed about it already
}

// apiCaseClaims lists the claims of a case, those first that something is filed about.
func (d *Desk) apiCaseClaims(q *request) error {
	v, err := d.caseOf(q)
	if err != nil {
		return err
	}
	list := []claimChoice{}
	for _, r := range v.Rows {
		list = append(list, claimChoice{r.On, r.Text, cmp.Or(r.Source, q.words.Say("claim.author")), true})
	}
	for _, c := range v.Other {
		list = append(list, claimChoice{c.On, c.Text, cmp.Or(c.Source, q.words.Say("claim.author")), false})
	}
	return q.json(list)
}

// filingRoutes are those by which things are filed from where one is.
func filingRoutes() []route {
	return []route{
		{method: "GET", path: "/api/filing", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiFiling,
			does: "the cases in which one may file an item, reuse or claim, the one used last first", gives: filing{}, query: []string{"what"}},
		{method: "GET", path: "/api/evidence", in: onDesk, need: accounts.Reader, serve: (*Desk).apiEvidence,
			does: "items, reuses and claims that can be filed, by name, words, outlet and date", gives: evidenceList{}, query: []string{"q"}},
		{method: "GET", path: "/api/cases/{case}/claims", in: inCase, need: accounts.Reader, serve: (*Desk).apiCaseClaims,
			does: "the claims of a case that evidence can be filed for or against", gives: []claimChoice{}},
	}
}
