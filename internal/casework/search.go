package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"beleg/internal/casefile"
	"beleg/internal/store"
)

// Kinds of what a search finds, in the order in which they are shown.
const (
	FoundItem   = "item"
	FoundText   = "text" // the whole text of an item
	FoundClaim  = "claim"
	FoundCase   = "case"
	FoundSource = "source"
)

// FoundKinds are all of them.
var FoundKinds = []string{FoundItem, FoundText, FoundClaim, FoundCase, FoundSource}

// A Found is all that a search found, by kind.
type Found struct {
	Query      string  `json:"query"`
	Groups     []Group `json:"groups"`               // only kinds with hits, in the order of [FoundKinds]
	Unsearched int     `json:"unsearched,omitempty"` // items whose words cannot be found, or not all: not looked into, or texts not read to the end
}

// A Group is what a search found of one kind.
type Group struct {
	Kind  string `json:"kind"`
	Total int    `json:"total"`
	Hits  []Hit  `json:"hits"` // the first of them
}

// A Hit is one thing that a search found.
type Hit struct {
	Kind  string           `json:"kind"`
	On    casefile.Subject `json:"on"` // what can be decided on, and filed; of a text its item
	Title string           `json:"title"`
	Note  string           `json:"note,omitempty"`  // what tells it from others of the title
	Text  *store.Excerpt   `json:"text,omitempty"`  // where in a whole text, offsets in its bytes
	State string           `json:"state,omitempty"` // of an item
	Path  string           `json:"path,omitempty"`  // page of the desk that shows it

	Item *store.Item `json:"-"` // of items and texts
}

// A Search says what is searched for.
type Search struct {
	Text  string
	Kinds []string                 // nil for all
	Limit int                      // hits of each kind
	May   func(casefile.Case) bool // which cases are seen; nil for all. Others are neither found nor counted
}

// Search finds everything in which each word of a text is found.
func (b *Book) Search(ctx context.Context, s Search) (Found, error) {
	out := Found{Query: strings.TrimSpace(s.Text), Groups: []Group{}}
	q, err := b.Folder.Catalogue.Expand(ctx, store.Ask(s.Text))
	if err != nil || q.Empty() {
		return out, err
	}
	for _, kind := range FoundKinds {
		if s.Kinds != nil && !slices.Contains(s.Kinds, kind) {
			continue
		}
		g := Group{Kind: kind}
		switch kind {
		case FoundItem:
			err = b.searchItems(ctx, q, s, &g)
		case FoundText:
			err = b.searchTexts(ctx, q, s, &g)
		case FoundClaim:
			err = b.searchClaims(ctx, q, s, &g)
		case FoundCase:
			b.searchCases(q, s, &g)
		case FoundSource:
			err = b.searchSources(ctx, q, s, &g)
		}
		if err != nil {
			return out, err
		}
		if g.Total > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	out.Unsearched, err = b.Folder.Catalogue.Unsearched(ctx)
	return out, err
}

func (b *Book) searchItems(ctx context.Context, q store.Query, s Search, g *Group) (err error) {
	list, total, err := b.Folder.Catalogue.SearchItems(ctx, q, s.Limit)
	g.Total = total
	for _, it := range list {
		g.Hits = append(g.Hits, itemHit(FoundItem, it))
	}
	return err
}

func itemHit(kind string, it store.Item) Hit {
	return Hit{Kind: kind, On: casefile.On(casefile.OnItem, it.ID), Title: cmp.Or(it.Title, it.Name), Note: joined(it.Outlet, it.Place), State: it.State,
		Path: "/items/" + it.ID, Item: &it}
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func (b *Book) searchTexts(ctx context.Context, q store.Query, s Search, g *Group) error {
	list, total, err := b.Folder.Catalogue.SearchTexts(ctx, q, s.Limit)
	g.Total = total
	for _, found := range list {
		h := itemHit(FoundText, found.Item)
		h.Path += "?pane=text"
		if text, err := b.derivedText(ctx, found.Item.ID); err == nil {
			if e, ok := q.Excerpt(text); ok {
				h.Text = &e
				h.Path += "&q=" + url.QueryEscape(q.Text) + "#found"
			}
		} else if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return err
		} // a text that is gone: verify names it, and the item is still found
		g.Hits = append(g.Hits, h)
	}
	return err
}

func (b *Book) searchClaims(ctx context.Context, q store.Query, s Search, g *Group) error {
	list, total, err := b.Folder.Catalogue.SearchClaims(ctx, q, s.Limit)
	if err != nil {
		return err
	}
	g.Total = total
	for _, c := range list {
		var l struct {
			Content string
			Source  *string
		}
		if err := json.Unmarshal(c.Body, &l); err != nil {
			return fmt.Errorf("claim %d of %s: %w", c.N, c.Item, err)
		}
		id := fmt.Sprintf("%02d", c.N+1)
		g.Hits = append(g.Hits, Hit{Kind: FoundClaim, On: casefile.On(casefile.OnClaim, c.Item+"-"+id), Title: l.Content, Note: value(l.Source), Path: "/texts/" + c.Item + "#claim-" + id})
	}
	return nil
}

func (b *Book) searchCases(q store.Query, s Search, g *Group) {
	var cases []casefile.Case
	b.Look(func(state *casefile.State) { cases = state.Cases() })
	for _, c := range cases {
		if (s.May == nil || s.May(c)) && q.Matches(c.ID, c.Title, c.Question) {
			g.add(Hit{Kind: FoundCase, On: casefile.On(casefile.OnCase, c.ID), Title: c.Title, Note: c.Question, Path: "/cases/" + c.ID}, s.Limit)
		}
	}
}

func (b *Book) searchSources(ctx context.Context, q store.Query, s Search, g *Group) error {
	names, err := b.Folder.Catalogue.ClaimSources(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	var list []Hit
	b.Look(func(state *casefile.State) {
		for _, on := range state.Subjects(casefile.OnSource) {
			names = append(names, on.ID())
		}
		for _, name := range names {
			id := casefile.SourceID(name)
			if id != "" && !seen[id] && q.Matches(name) {
				seen[id] = true
				list = append(list, Hit{Kind: FoundSource, On: casefile.On(casefile.OnSource, id), Title: name, Note: general(state.Source(id)), Path: "/sources#" + id})
			}
		}
	})
	for _, h := range list {
		g.add(h, s.Limit)
	}
	return nil
}

// general is the grade of a source for all topics.
func general(v casefile.SourceView) string { return cmp.Or(v.Grades[""], "F") }

func (g *Group) add(h Hit, limit int) {
	if g.Total++; len(g.Hits) < limit {
		g.Hits = append(g.Hits, h)
	}
}
