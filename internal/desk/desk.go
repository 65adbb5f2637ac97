package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"beleg/internal/accounts"
	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/words"
)

// Options say what a desk works on and for whom.
type Options struct {
	Book     *casework.Book
	Engine   *intake.Engine
	Accounts *accounts.Book
	Local    string       // name of the one person who works here alone; "" for a team with accounts
	Token    string       // secret that lets that person in; "" for a team
	Hosts    []string     // what may stand in the Host header
	Secure   bool         // the browser reaches the desk by https
	Lang     words.Lang   // of whoever's browser asks for neither language
	Program  string       // name and version, for the records of intakes
	Fetcher  *http.Client // gets pages from outside; [NewFetcher] but in tests
	Log      *slog.Logger
	Now      func() time.Time
	Rate     float64 // requests a second that are answered to one address; 0: 100. Behind a proxy all people have one
	Exposure int     // how many graphic pictures a person may ask for a day; 0: no limit
}

// A Desk serves the pages and the API. Close it.
type Desk struct {
	Options
	handler http.Handler
	name    string // tells this desk from others on the same host
	pages   map[words.Lang]*pages
	jobs    jobs
	stills  stills
	here    lookout

	mu     sync.Mutex
	limits map[string]*limit    // guarded by mu: by person or address
	lanes  map[string]*slowLane // guarded by mu: of signing in, by address

	pace    pace           // of uploads
	uploads map[string]int // guarded by mu: that arrive now, by account
}

type limit struct {
	*rate.Limiter
	seen time.Time
}

// New returns a desk. It goes on with intakes that an earlier run was cut off from, and compares broadcasts with the archive
// that were taken in without the desk.
func New(ctx context.Context, o Options) (*Desk, error) {
	if o.Book == nil || o.Engine == nil || o.Accounts == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("desk: options are missing")
	}
	d := &Desk{Options: o, name: deskName(o.Book.Folder.Dir, o.Hosts), limits: map[string]*limit{}, lanes: map[string]*slowLane{}, pace: slowest, uploads: map[string]int{}}
	var err error
	if d.pages, err = readPages(); err != nil {
		return nil, err
	}
	d.jobs.begin(ctx)
	d.handler = d.guard(d.mux())
	if err := errors.Join(d.resume(), d.compareNew(ctx)); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// ServeHTTP answers one request.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Close stops the work that is going on and waits for it. What was acknowledged is safe.
func (d *Desk) Close() { d.jobs.end() }

func (d *Desk) folder() *intake.Folder { return d.Book.Folder }
