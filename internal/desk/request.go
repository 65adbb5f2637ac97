package desk

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"

	"beleg/custody"
	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/internal/words"
	"beleg/video"
)

// A request is what a handler works with.
type request struct {
	*http.Request
	w     http.ResponseWriter
	who   accounts.Person // zero where no account is needed
	words words.Words
	route route
	since uint64 // entry of the log up to which the answer knows what was decided
}

var (
	errNotFound  = errors.New("desk: no such page")
	errForbidden = errors.New("desk: not allowed")
)

// A statusError is an answer that is not 200 and not known by its cause.
type statusError struct {
	status int
	key    string // of the text
	args   []any
}

func (e *statusError) Error() string { return e.key }

func wrong(status int, key string, args ...any) error { return &statusError{status, key, args} }

// handle makes a handler of a route: it finds out who asks, whether that person may, and answers for errors.
func (d *Desk) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, w: w, route: rt, words: words.In(d.langOf(r))}
		limit := rt.limit
		if limit == 0 {
			limit = smallBody
		}
		d.patient(w, q)
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		err := d.admit(q)
		if err == nil {
			d.Book.Look(func(s *casefile.State) { q.since = s.Last() })
			err = rt.serve(d, q)
		}
		if err != nil {
			d.answerError(q, err)
		}
	})
}

// patient bounds how long a request may take. A slow one may take long for as long as it keeps its pace.
func (d *Desk) patient(w http.ResponseWriter, q *request) {
	c := http.NewResponseController(w) // a writer without deadlines, as in tests, is waited for
	_ = c.SetReadDeadline(time.Now().Add(patience))
	if q.route.slow {
		_ = c.SetWriteDeadline(time.Now().Add(time.Hour))
		q.Body = &extendRead{ReadCloser: q.Body, control: c, pace: d.pace, began: time.Now()}
		return
	}
	_ = c.SetWriteDeadline(time.Now().Add(patience))
}

// admit finds out who asks and refuses whoever may not.
func (d *Desk) admit(q *request) error {
	who, err := d.Accounts.Session(q.Context(), d.cookie(q.Request))
	switch {
	case err == nil:
		q.who = who
	case q.route.in == anyone && errors.Is(err, accounts.ErrNoSession):
		return nil
	default:
		return err
	}
	in := ""
	switch q.route.in {
	case anyone:
		return nil
	case inCase:
		in = q.PathValue("case")
	}
	if who.In(in) >= q.route.need {
		return nil
	}
	if in != "" && who.In(in) == accounts.None {
		return errNotFound // whoever may not see a case does not learn that there is one
	}
	return errForbidden
}

// A problem is the JSON form of an answer that something is wrong (RFC 9457).
type problem struct {
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail"`
	Field  string           `json:"field,omitempty"`
	Since  []casefile.Entry `json:"since,omitempty"` // of a conflict: what was decided in the meantime
	Said   []string         `json:"said,omitempty"`  // the same in words
}

// answerError turns an error into a status and a text that says what to do.
func (d *Desk) answerError(q *request, err error) {
	p := d.problemOf(q, err)
	if p.Status >= 500 {
		d.Log.Error("request", "method", q.Method, "path", q.URL.Path, "error", err)
	}
	if q.route.api() || strings.Contains(q.Header.Get("Accept"), "application/json") {
		q.w.Header().Set("Content-Type", "application/problem+json")
		q.w.WriteHeader(p.Status)
		json.NewEncoder(q.w).Encode(p)
		return
	}
	if p.Status == http.StatusUnauthorized && q.Method == http.MethodGet {
		http.Redirect(q.w, q.Request, "/sign-in", http.StatusSeeOther)
		return
	}
	d.page(q, p.Status, "error", p.Title, p)
}

func (d *Desk) problemOf(q *request, err error) problem {
	say := q.words.Say
	p := problem{Status: http.StatusInternalServerError, Title: say("error.broke"), Detail: say("error.broke.detail")}
	set := func(status int, key string, args ...any) {
		p.Status, p.Title, p.Detail = status, say(key), say(key+".detail", args...)
	}
	var status *statusError
	var field *casefile.InvalidError
	var large *http.MaxBytesError
	var conflict *conflictError
	switch {
	case errors.As(err, &status):
		set(status.status, status.key, status.args...)
	case errors.As(err, &conflict):
		set(http.StatusConflict, "error.conflict")
		p.Since = conflict.since
		for _, e := range conflict.since {
			p.Said = append(p.Said, fmt.Sprintf("%s, %s: %s", e.Actor, timeWords(q.words, e.Time), entryWords(q.words, e)))
		}
	case errors.As(err, &field):
		set(http.StatusUnprocessableEntity, "error.field")
		p.Field, p.Detail = field.Field, fieldWords(q.words, field)
	case errors.As(err, &large):
		set(http.StatusRequestEntityTooLarge, "error.large", large.Limit>>20)
	case errors.Is(err, accounts.ErrNoSession):
		set(http.StatusUnauthorized, "error.session")
	case errors.Is(err, errForbidden):
		set(http.StatusForbidden, "error.forbidden", q.words.Maybe("role.", q.who.Role.String()))
	case errors.Is(err, errNotFound), errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrShort), errors.Is(err, store.ErrAmbiguous),
		errors.Is(err, casefile.ErrUnknown), errors.Is(err, custody.ErrNoOriginal), errors.Is(err, fs.ErrNotExist), errors.Is(err, accounts.ErrUnknown):
		set(http.StatusNotFound, "error.gone")
	case errors.Is(err, syscall.ENOSPC):
		set(http.StatusInsufficientStorage, "error.room")
	case errors.Is(err, intake.ErrNoTools):
		set(http.StatusServiceUnavailable, "error.tools")
	case errors.Is(err, video.ErrNoFrame), errors.Is(err, video.ErrUnknownType), errors.Is(err, video.ErrPlaylist), errors.Is(err, video.ErrEmpty),
		errors.Is(err, intake.ErrUnreadable), errors.Is(err, intake.ErrNoFootage):
		set(http.StatusUnprocessableEntity, "error.picture")
	}
	return p
}

// fieldWords says what is wrong with a field.
func fieldWords(w words.Words, e *casefile.InvalidError) string {
	return w.Field(e.Field, cmp.Or(e.Format, e.Detail), e.Args...)
}

// refuse answers before there is a request to work with.
func (d *Desk) refuse(w http.ResponseWriter, r *http.Request, status int, key string) {
	q := &request{Request: r, w: w, words: words.In(d.langOf(r)), route: route{path: r.URL.Path}}
	d.answerError(q, wrong(status, key))
}

// json answers with v.
func (q *request) json(v any) error { return q.answer(http.StatusOK, v) }

func (q *request) answer(status int, v any) error {
	q.w.Header().Set("Content-Type", "application/json")
	q.w.WriteHeader(status)
	e := json.NewEncoder(q.w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // an error here means that the browser has gone
	return nil
}

// read decodes the body of a request; unknown fields are refused.
func (q *request) read(v any) error {
	if t := q.Header.Get("Content-Type"); !strings.HasPrefix(t, "application/json") {
		return wrong(http.StatusUnsupportedMediaType, "error.json")
	}
	dec := json.NewDecoder(q.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return err
	case err != nil:
		return casefile.Invalid("body", "is not the JSON that is expected here: %v", err)
	case dec.More():
		return &casefile.InvalidError{Field: "body", Detail: "has more than one JSON value"}
	}
	return nil
}

// langOf is the language of a request: as chosen, else as the browser prefers.
func (d *Desk) langOf(r *http.Request) words.Lang {
	if c, err := r.Cookie("beleg_lang"); err == nil && (c.Value == string(words.German) || c.Value == string(words.English)) {
		return words.Lang(c.Value)
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "de"):
			return words.German
		case strings.HasPrefix(tag, "en"):
			return words.English
		}
	}
	return words.In(d.Lang).Lang()
}

func (d *Desk) language(q *request) error {
	lang := q.PathValue("lang")
	if lang != string(words.German) && lang != string(words.English) {
		return errNotFound
	}
	http.SetCookie(q.w, &http.Cookie{Name: "beleg_lang", Value: lang, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode, Secure: d.Secure, HttpOnly: true})
	http.Redirect(q.w, q.Request, localPath(q.URL.Query().Get("back")), http.StatusSeeOther)
	return nil
}

// localPath returns p when it leads to a page of this desk, else the first page. Browsers leave tabs and line ends out of an
// address and take a backslash for a slash, so that what looks like a path may lead to another host.
func localPath(p string) string {
	odd := func(r rune) bool { return r == '\\' || !unicode.IsPrint(r) }
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsFunc(p, odd) ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsFunc(u.Path, odd) {
		return "/"
	}
	return p
}
