package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"
)

// A jobRow is one thing that a job works on.
type jobRow struct {
	Name   string `json:"name"`
	Size   int64  `json:"size,omitempty"`
	State  string `json:"state"`            // of the item; "arriving" and "left out" before there is one
	Item   string `json:"item,omitempty"`   // id, once it is in custody
	Index  uint64 `json:"index,omitempty"`  // log position of its intake
	Kind   string `json:"kind,omitempty"`   // what it was found to be
	Before bool   `json:"before,omitempty"` // the same bytes were there already
	Detail string `json:"detail,omitempty"`
	Reuses int    `json:"reuses,omitempty"` // stretches of it that were shown before
	Claims int    `json:"claims,omitempty"` // found in its text

	failed error  // why it was not looked into; told in the language of who asks
	sum    string // SHA-256 of what arrived, hexadecimal
}

// A jobView is a job as it is now.
type jobView struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"` // intake, fetch, check
	By    string    `json:"by"`
	State string    `json:"state"`          // running, done, failed, stopped
	Step  string    `json:"step,omitempty"` // what it is at: take in, read, check
	Note  string    `json:"note,omitempty"` // what became of it, in words
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended,omitzero"`
	Rows  []jobRow  `json:"rows"`

	failed error // what ended it; told in the language of who asks
}

// jobs runs long work one after another, and remembers the last of it.
type jobs struct {
	ctx  context.Context // of all work; ended by end
	stop context.CancelFunc
	all  sync.WaitGroup
	turn chan struct{} // held by the job that runs

	mu   sync.Mutex
	list map[string]*job // guarded by mu
}

// A job is work that goes on after its request was answered.
type job struct {
	jobs *jobs
	stop context.CancelFunc
	view jobView // guarded by jobs.mu
}

// keptJobs is how many ended jobs are remembered.
const keptJobs = 100

func (j *jobs) begin(ctx context.Context) {
	j.ctx, j.stop = context.WithCancel(context.WithoutCancel(ctx))
	j.list, j.turn = map[string]*job{}, make(chan struct{}, 1)
}

func (j *jobs) end() {
	j.stop()
	j.all.Wait()
}

// start runs work; what it returns ends the job.
func (j *jobs) start(kind, by string, now func() time.Time, rows []jobRow, work func(context.Context, *job) error) jobView {
	ctx, stop := context.WithCancel(j.ctx)
	b := &job{jobs: j, stop: stop, view: jobView{ID: rand.Text(), Kind: kind, By: by, State: "running", Began: now().UTC(), Rows: rows}}
	j.mu.Lock()
	j.list[b.view.ID] = b
	j.forget()
	view := b.copy()
	j.mu.Unlock()
	j.all.Go(func() {
		defer stop()
		var err error
		select {
		case j.turn <- struct{}{}:
			err = work(ctx, b)
			<-j.turn
		case <-ctx.Done():
			err = ctx.Err()
		}
		b.change(func(v *jobView) {
			v.State, v.Step, v.Ended = "done", "", now().UTC()
			switch {
			case ctx.Err() != nil:
				v.State = "stopped"
			case errors.Is(err, errNotFetched):
				v.State = "failed"
			case err != nil:
				v.State, v.failed = "failed", err
			}
		})
	})
	return view
}

// forget drops the oldest ended jobs. The caller holds mu.
func (j *jobs) forget() {
	var ended []*job
	for _, b := range j.list {
		if !b.view.Ended.IsZero() {
			ended = append(ended, b)
		}
	}
	if len(ended) <= keptJobs {
		return
	}
	oldest := slices.MinFunc(ended, func(a, b *job) int { return a.view.Ended.Compare(b.view.Ended) })
	delete(j.list, oldest.view.ID)
}

func (b *job) copy() jobView {
	v := b.view
	v.Rows = slices.Clone(v.Rows)
	return v
}

func (b *job) change(f func(*jobView)) {
	b.jobs.mu.Lock()
	defer b.jobs.mu.Unlock()
	f(&b.view)
}

// row changes the row of a name, and makes one when there is none.
func (b *job) row(name string, f func(*jobRow)) {
	b.change(func(v *jobView) {
		i := slices.IndexFunc(v.Rows, func(r jobRow) bool { return r.Name == name })
		if i < 0 {
			v.Rows = append(v.Rows, jobRow{Name: name})
			i = len(v.Rows) - 1
		}
		f(&v.Rows[i])
	})
}

// get returns a job, and a function that stops it.
func (j *jobs) get(id string) (jobView, func(), bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	b, ok := j.list[id]
	if !ok {
		return jobView{}, nil, false
	}
	return b.copy(), b.stop, true
}

// views lists the jobs, the latest first.
func (j *jobs) views() []jobView {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]jobView, 0, len(j.list))
	for _, b := range j.list {
		list = append(list, b.copy())
	}
	slices.SortFunc(list, func(a, b jobView) int { return cmp.Or(b.Began.Compare(a.Began), cmp.Compare(a.ID, b.ID)) })
	return list
}
