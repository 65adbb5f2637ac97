package desk

import (
	"encoding/json"
	"net/http"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/store"
	"beleg/match"
)

// withOf reads what the verb of an entry needed; the zero value when it cannot be read any more.
func withOf[T any](e casefile.Entry) T {
	var v T
	_ = json.Unmarshal(e.With, &v) // what stands in the log was checked before
	return v
}

// An overviewView is what waits, and what was done last.
type overviewView struct {
	Items, Pending, Unreadable int
	Reuses                     int // nobody decided on
	Claims                     int // suggested
	Cases                      []casefile.Case
	Latest                     []store.Item
	Kinds                      map[string]int
}

func (d *Desk) overview(q *request) error {
	kinds, states, err := d.folder().Catalogue.Tally(q.Context())
	if err != nil {
		return err
	}
	latest, total, err := d.folder().Catalogue.Choose(q.Context(), store.Choice{Limit: 8})
	if err != nil {
		return err
	}
	claims, err := d.folder().Catalogue.ClaimCount(q.Context())
	if err != nil {
		return err
	}
	reuses, err := d.folder().Catalogue.Reuses(q.Context(), "")
	if err != nil {
		return err
	}
	kept, err := d.folder().Reuses(q.Context(), "") // the same, in the same order
	if err != nil {
		return err
	}
	apart, err := d.Book.Apart(q.Context(), kept)
	if err != nil {
		return err
	}
	v := overviewView{Items: total, Pending: states[store.Pending], Unreadable: states[store.Unreadable] + states[store.Partial],
		Claims: claims, Latest: latest, Kinds: kinds}
	d.Book.Look(func(s *casefile.State) {
		for _, on := range s.Subjects(casefile.OnClaim) {
			if s.Status(on).Status != casefile.Suggested {
				v.Claims--
			}
		}
		for i, u := range reuses {
			if r, _ := s.Reuse(casefile.On(casefile.OnReuse, u.ID)); u.Current && r.Is == "" && apart[i] == nil && kept[i].Strength() == match.Believable {
				v.Reuses++
			}
		}
		for _, c := range s.Cases() {
			if q.who.In(c.ID) >= accounts.Reader {
				v.Cases = append(v.Cases, c)
			}
		}
	})
	v.Claims = max(v.Claims, 0)
	return d.page(q, http.StatusOK, "overview", q.words.Say("title.overview"), v)
}
