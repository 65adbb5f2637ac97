package desk

import (
	"encoding/json"
	"errors"
	"net/http"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// A decisionRequest is what is sent to record a decision.
type decisionRequest struct {
	On     casefile.Subject `json:"on"`     // kind/id, such as reuse/0123456789abcdef
	Do     casefile.Verb    `json:"do"`     // what the decision does
	Base   uint64           `json:"base"`   // how many decisions on the subject its author has seen
	Reason string           `json:"reason"` // why
	With   json.RawMessage  `json:"with"`   // what the verb needs
	Key    string           `json:"key"`    // random text chosen by the sender: sent again, the decision is not recorded again
}

// A conflictError says what was decided since the author looked.
type conflictError struct {
	error
	since []casefile.Entry
}

// apiDecide records a decision.
func (d *Desk) apiDecide(q *request) error {
	var in decisionRequest
	if err := q.read(&in); err != nil {
		return err
	}
	if len(in.Key) > 100 {
		return &casefile.InvalidError{Field: "key", Detail: "is longer than 100 bytes"}
	}
	dec := casefile.Decision{On: in.On, Do: in.Do, Base: in.Base, Reason: in.Reason, With: in.With}
	if err := d.mayDecide(q, dec); err != nil {
		return err
	}
	e, err := d.Book.Decide(q.Context(), q.who.Name, dec, in.Key)
	if errors.Is(err, casefile.ErrConflict) {
		all := d.Book.History(in.On)
		return &conflictError{err, all[min(in.Base, uint64(len(all))):]}
	}
	if err != nil {
		return err
	}
	if in.On.Kind() == casefile.OnCase && in.Do == casefile.Open && q.who.Role < accounts.Admin {
		if err := d.Accounts.SetRole(q.Context(), q.who.Name, in.On.ID(), accounts.Editor); err != nil {
			return err
		}
	}
	return q.answer(http.StatusCreated, e)
}

// apiHistory lists the decisions on a subject.
func (d *Desk) apiHistory(q *request) error {
	on := casefile.Subject(q.URL.Query().Get("on"))
	if err := on.Well(); err != nil {
		return err
	}
	if err := d.maySee(q, on); err != nil {
		return err
	}
	return q.json(d.Book.History(on))
}
