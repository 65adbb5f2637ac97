package desk

import (
	"sync"
	"time"

	"beleg/internal/casefile"
)

// hereFor is how long a person counts as looking after the page asked last; the page asks every 20 seconds.
const hereFor = 60 * time.Second

// A lookout knows who looks at which case now. It is kept in memory alone: who looked at what is nobody's business later.
type lookout struct {
	mu   sync.Mutex
	seen map[string]map[string]time.Time // guarded by mu: by case, then name
}

// look notes that a person looks at a case and returns the others who do, by name.
func (l *lookout) look(id, name string, now time.Time) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]map[string]time.Time{}
	}
	for k, people := range l.seen {
		for who, at := range people {
			if now.Sub(at) > hereFor {
				delete(people, who)
			}
		}
		if len(people) == 0 {
			delete(l.seen, k)
		}
	}
	if l.seen[id] == nil {
		l.seen[id] = map[string]time.Time{}
	}
	l.seen[id][name] = now
	others := []string{}
	for _, who := range sorted(l.seen[id]) {
		if who != name {
			others = append(others, who)
		}
	}
	return others
}

// leave notes that a person looks no more.
func (l *lookout) leave(id, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen[id], name)
}

// A presence is who else looks at a case now.
type presence struct {
	Others []string `json:"others"`
}

func (d *Desk) caseID(q *request) (string, error) {
	id, ok := q.PathValue("case"), false
	d.Book.Look(func(s *casefile.State) { _, ok = s.Case(id) })
	if !ok {
		return "", errNotFound
	}
	return id, nil
}

func (d *Desk) apiHere(q *request) error {
	id, err := d.caseID(q)
	if err != nil {
		return err
	}
	return q.json(presence{d.here.look(id, q.who.Name, d.Now())})
}

func (d *Desk) apiLeave(q *request) error {
	id, err := d.caseID(q)
	if err != nil {
		return err
	}
	d.here.leave(id, q.who.Name)
	return q.json(presence{[]string{}})
}
