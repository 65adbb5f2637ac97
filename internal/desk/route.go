package desk

import (
	"net/http"
	"slices"
	"strings"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// A place says where a role is needed.
type place int

const (
	anyone place = iota // no account is needed
	onDesk              // a role on the desk as a whole
	inCase              // a role in the case that the path names
	byBody              // a role on the desk to ask at all; the rest depends on what is sent
)

// A route is one thing that can be asked for. The table of routes is what is served, what the OpenAPI
// description is made from, and what the test of roles walks.
type route struct {
	method, path string
	in           place
	need         accounts.Role
	serve        func(*Desk, *request) error
	limit        int64  // bytes of the body; 0 is smallBody
	slow         bool   // it may take long for as long as something moves
	does         string // in a few words, for the description of the API; "" for pages
	takes, gives any    // zero values of what is sent and answered, as JSON
	query        []string
}

// smallBody is how large a request may be that carries no files.
const smallBody = 1 << 20

// maxUpload is how large one intake from the browser may be, in bytes.
const maxUpload = 64 << 30

func routes() []route {
	list := []route{
		{method: "GET", path: "/{$}", in: onDesk, need: accounts.Reader, serve: (*Desk).overview},
		{method: "GET", path: "/items", in: onDesk, need: accounts.Reader, serve: (*Desk).items},
		{method: "GET", path: "/items/{item}", in: onDesk, need: accounts.Reader, serve: (*Desk).item},
		{method: "GET", path: "/items/{item}/custody", in: onDesk, need: accounts.Reader, serve: (*Desk).custodyPage},
		{method: "GET", path: "/items/{item}/proof", in: onDesk, need: accounts.Reader, serve: (*Desk).proof},
		{method: "GET", path: "/items/{item}/original", in: onDesk, need: accounts.Reader, serve: (*Desk).original, slow: true},
		{method: "GET", path: "/items/{item}/preview", in: onDesk, need: accounts.Reader, serve: (*Desk).preview, slow: true},
		{method: "GET", path: "/items/{item}/still", in: onDesk, need: accounts.Reader, serve: (*Desk).still, slow: true},
		{method: "GET", path: "/intake", in: onDesk, need: accounts.Reporter, serve: (*Desk).intakePage},
		{method: "GET", path: "/reuse", in: onDesk, need: accounts.Reader, serve: (*Desk).reuseList},
		{method: "GET", path: "/reuse/{reuse}", in: onDesk, need: accounts.Reader, serve: (*Desk).compare},
		{method: "GET", path: "/search", in: onDesk, need: accounts.Reader, serve: (*Desk).searchPage},
		{method: "GET", path: "/help/api", in: onDesk, need: accounts.Reader, serve: (*Desk).apiPage},

		{method: "GET", path: "/static/{name}", in: anyone, serve: (*Desk).static},
		{method: "GET", path: "/sign-in", in: anyone, serve: (*Desk).signInPage},
		{method: "POST", path: "/sign-in", in: anyone, serve: (*Desk).signIn},
		{method: "GET", path: "/enter", in: anyone, serve: (*Desk).enter},
		{method: "POST", path: "/sign-out", in: anyone, serve: (*Desk).signOut},
		{method: "GET", path: "/language/{lang}", in: anyone, serve: (*Desk).language},
		{method: "GET", path: "/theme/{theme}", in: anyone, serve: (*Desk).theme},

		{method: "GET", path: "/api/openapi.json", in: onDesk, need: accounts.Reader, serve: (*Desk).openAPI, does: "this description"},
		{method: "GET", path: "/api/items", in: onDesk, need: accounts.Reader, serve: (*Desk).apiItems,
			does: "list items, in an order (oldest, name, outlet, public; else the latest taken in first); from and to are dates between which they were said to be public", gives: itemList{}, query: []string{"q", "kind", "state", "outlet", "from", "to", "order", "before", "skip", "limit"}},
		{method: "GET", path: "/api/items/{item}", in: onDesk, need: accounts.Reader, serve: (*Desk).apiItem, does: "everything about one item", gives: itemView{}},
		{method: "GET", path: "/api/items/{item}/custody", in: onDesk, need: accounts.Reader, serve: (*Desk).apiCustody, slow: true,
			does: "what is proven about an item and what is not", gives: custodyView{}, query: []string{"hash"}},
		{method: "POST", path: "/api/items/{item}/check", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiCheck,
			does: "compare an item with the archive", gives: jobView{}},
		{method: "POST", path: "/api/items/{item}/reveal", in: onDesk, need: accounts.Reader, serve: (*Desk).reveal,
			does: "count and log that a person looks at something graphic", gives: exposure{}},
		{method: "POST", path: "/api/intake", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiIntake, limit: maxUpload, slow: true,
			does: "take in files, sent as multipart/form-data: the fields first_seen, outlet, place, purpose, kind, check, then text or files", gives: jobView{}},
		{method: "GET", path: "/api/date", in: onDesk, need: accounts.Reader, serve: (*Desk).apiDate,
			does: "a date as people write it, as EDTF and in words", gives: readDate{}, query: []string{"text"}},
		{method: "POST", path: "/api/fetch", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiFetch,
			does: "take in what lies at an address", takes: fetchRequest{}, gives: jobView{}},
		{method: "GET", path: "/api/search", in: onDesk, need: accounts.Reader, serve: (*Desk).apiSearch,
			does: "items, whole texts, suggested claims, cases and sources in which each word is found: by its beginning, its stem, or as part of a compound; kind is one of item, text, claim, case, source", gives: casework.Found{}, query: []string{"q", "kind"}},
		{method: "GET", path: "/api/jobs", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiJobs, does: "list the latest work", gives: []jobView{}},
		{method: "GET", path: "/api/jobs/{job}", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiJob, does: "how far some work is", gives: jobView{}},
		{method: "DELETE", path: "/api/jobs/{job}", in: onDesk, need: accounts.Reporter, serve: (*Desk).apiStop, does: "stop some work; what was acknowledged is kept", gives: jobView{}},
		{method: "GET", path: "/api/reuses", in: onDesk, need: accounts.Reader, serve: (*Desk).apiReuses,
			does: "stretches that were shown before, the strongest proof first", gives: []reuseView{}, query: []string{"item"}},
		{method: "POST", path: "/api/decisions", in: byBody, need: accounts.Reader, serve: (*Desk).apiDecide,
			does: "record a decision; 409 when somebody else decided in the meantime, 422 when a field is wrong", takes: decisionRequest{}, gives: casefile.Entry{}},
		{method: "GET", path: "/api/decisions", in: byBody, need: accounts.Reader, serve: (*Desk).apiHistory,
			does: "the decisions on one subject, oldest first", gives: []casefile.Entry{}, query: []string{"on"}},
	}
	list = append(list, route{method: "GET", path: "/api/news", in: onDesk, need: accounts.Reader, serve: (*Desk).apiNews,
		does: "what others decided since an entry of the log on what the page of a path shows", gives: newsList{}, query: []string{"at", "since"}})
	return slices.Concat(list, caseRoutes(), filingRoutes(), teamRoutes())
}

// mux files the routes. A path that exists for another method is answered with 405.
func (d *Desk) mux() http.Handler {
	m := http.NewServeMux()
	for _, rt := range routes() {
		m.Handle(rt.method+" "+rt.path, d.handle(rt))
	}
	m.Handle("/", d.handle(route{path: "/", in: anyone, serve: func(*Desk, *request) error { return errNotFound }}))
	return m
}

func (rt route) api() bool { return strings.HasPrefix(rt.path, "/api/") }
