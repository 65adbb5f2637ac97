package desk

import (
	"net/http"
	"slices"

	"beleg/internal/casefile"
	"beleg/internal/words"
)

// A verdictView is the verdict on one claim of a case.
type verdictView struct {
	caseView
	Row       caseRow
	Ratings   []ratingChoice
	Standards []string
	Alone     bool // there is nobody who could be the second person
	Own       bool // the one who looks has signed it
}

type ratingChoice struct{ Key, Words string }

func (d *Desk) verdictPage(q *request) error {
	c, err := d.caseOf(q)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.Rows, func(r caseRow) bool { return string(r.On) == q.URL.Query().Get("claim") })
	if i < 0 {
		return errNotFound
	}
	v := verdictView{caseView: c, Row: c.Rows[i], Standards: casefile.Standards, Alone: d.Local != ""}
	scale, _ := casefile.ScaleOf(c.Scale)
	for _, r := range scale.Ratings {
		v.Ratings = append(v.Ratings, ratingChoice{r.Key, ratingWords(q.words, r)})
	}
	v.Own = v.Row.Verdict != nil && v.Row.Verdict.Entry.Actor == q.who.Name
	return d.page(q, http.StatusOK, "verdict", q.words.Say("title.verdict"), v)
}

func ratingWords(w words.Words, r casefile.Rating) string {
	if w.Lang() == words.German {
		return r.DE
	}
	return r.EN
}

// Rated is the rating of a verdict in words of the language of the page.
func (v caseView) Rated(lang string, s *casefile.Signed) string {
	scale, _ := casefile.ScaleOf(v.Scale)
	r, ok := scale.Rating(s.Rating)
	if !ok {
		return s.Rating
	}
	return ratingWords(words.In(words.Lang(lang)), r)
}
