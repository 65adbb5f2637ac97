package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
)

// The claims of texts, as people changed them.
type (
	claimView = casework.Claim
	textView  = casework.Text
)

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (d *Desk) apiText(q *request) error {
	v, err := d.textOf(q)
	if err != nil {
		return err
	}
	return q.json(v)
}

func (d *Desk) textOf(q *request) (textView, error) {
	id, err := d.itemOf(q)
	if err != nil {
		return textView{}, err
	}
	v, err := d.Book.Text(q.Context(), id)
	if errors.Is(err, casework.ErrNoText) {
		err = wrong(http.StatusNotFound, "error.notext")
	}
	if v.Claims == nil {
		v.Claims = []claimView{}
	}
	return v, err
}

// A textPage is the claim desk.
type textPage struct {
	textView
	Kinds, Commitments []string
	May                bool // decide
}

func (d *Desk) textPage(q *request) error {
	v, err := d.textOf(q)
	if err != nil {
		return err
	}
	p := textPage{v, casefile.ClaimKinds, casefile.Commitments, q.who.Role >= accounts.Reporter}
	return d.page(q, http.StatusOK, "text", displayName(v.Item), p)
}

// A textRow is a text with claims, on the list of the claim desk.
type textRow struct {
	Item  store.Item `json:"item"`
	Open  int        `json:"open"` // claims that nobody decided on
	Total int        `json:"total"`
}

// textRows lists the texts with claims, those with most to decide first.
func (d *Desk) textRows(ctx context.Context) ([]textRow, error) {
	tallies, err := d.folder().Catalogue.ClaimTallies(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(tallies))
	for i, t := range tallies {
		ids[i] = t.Item
	}
	items, err := d.folder().Catalogue.ItemsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]textRow, len(tallies))
	d.Book.Look(func(s *casefile.State) {
		for i, t := range tallies {
			rows[i] = textRow{Item: items[i], Total: t.Claims}
			for n := range t.Claims {
				on := claimOn(store.Suggestion{Item: t.Item, N: n})
				if s.Status(on).Status == casefile.Suggested && s.Changes(on).Into == "" {
					rows[i].Open++
				}
			}
		}
	})
	slices.SortStableFunc(rows, func(a, b textRow) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(b.Item.Index, a.Item.Index))
	})
	return rows, nil
}

func claimOn(s store.Suggestion) casefile.Subject {
	return casefile.On(casefile.OnClaim, fmt.Sprintf("%s-%02d", s.Item, s.N+1))
}

func (d *Desk) textsPage(q *request) error {
	rows, err := d.textRows(q.Context())
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "texts", q.words.Say("title.claims"), rows)
}

func (d *Desk) apiTexts(q *request) error {
	rows, err := d.textRows(q.Context())
	if err != nil {
		return err
	}
	return q.json(rows)
}
