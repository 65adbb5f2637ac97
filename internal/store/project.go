package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"time"

	"beleg/custody"
	"beleg/edtf"
)

// batch is how many records one transaction projects: enough to make the cost of a
// commit small, few enough that other writers of the file do not wait long.
const batch = 500

// Records yields the custody records from an index on, in log order.
type Records func(ctx context.Context, from uint64) iter.Seq2[custody.Record, error]

// Project reads the records that are not yet in the catalogue, in log order, and
// writes their rows. derived is the data folder, from which the claim files
// named by records are read. It may be called by several at once: each record is
// projected once. A record that is damaged is noted ([Catalogue.Damage]) and left out; once all such are whole again,
// everything is projected anew, since later records may build on them.
func (c *Catalogue) Project(ctx context.Context, records Records, data fs.FS) error {
	if err := c.heal(ctx, records); err != nil {
		return fmt.Errorf("project records into the catalogue: %w", classify(err))
	}
	for {
		n, err := c.projectBatch(ctx, records, data)
		if err != nil {
			return fmt.Errorf("project records into the catalogue: %w", classify(err))
		}
		if n < batch {
			return nil
		}
	}
}

// Rebuild drops every row and projects all records again.
func (c *Catalogue) Rebuild(ctx context.Context, records Records, data fs.FS) error {
	if err := c.forget(ctx); err != nil {
		return fmt.Errorf("empty the catalogue: %w", classify(err))
	}
	return c.Project(ctx, records, data)
}

func (c *Catalogue) projectBatch(ctx context.Context, records Records, data fs.FS) (n int, err error) {
	err = c.inTx(ctx, func(sqlTx *sql.Tx) error {
		tx := &projection{ctx: ctx, tx: sqlTx, data: data}
		var next uint64
		if err := sqlTx.QueryRowContext(ctx, "SELECT next FROM progress").Scan(&next); err != nil {
			return err
		}
		for r, err := range records(ctx, next) {
			if damaged(err) {
				tx.exec("INSERT INTO damage (idx, detail) VALUES ($1, $2) ON CONFLICT (idx) DO NOTHING", r.Index, err.Error())
			} else if err != nil {
				return err
			} else if err := tx.record(r); err != nil {
				return fmt.Errorf("record %d: %w", r.Index, err)
			}
			next = r.Index + 1
			if n++; n == batch {
				break
			}
		}
		tx.exec("UPDATE progress SET next = $1", next)
		return tx.err
	})
	return n, err
}

// A projection writes rows inside one transaction and keeps the first error.
type projection struct {
	ctx  context.Context
	tx   *sql.Tx
	data fs.FS
	err  error
}

func (p *projection) exec(query string, args ...any) {
	if p.err == nil {
		_, p.err = p.tx.ExecContext(p.ctx, query, args...)
	}
}

func (p *projection) record(r custody.Record) error {
	var err error
	switch r.Kind {
	case KindRun:
		err = decodeInto(r, p.run)
	case KindIntake:
		err = decodeInto(r, p.intake)
	case KindDerivation:
		err = decodeInto(r, p.derivation)
	case KindDecision:
		err = p.decision(r)
	case custody.KindStamp:
		err = decodeInto(r, p.stamp)
	case custody.KindDeletion:
		p.exec("UPDATE item SET state = $1, detail = '' WHERE id = $2", Deleted, r.Original.String())
	}
	if err != nil {
		return err
	}
	return p.err
}

func decodeInto[T any](r custody.Record, project func(custody.Record, T)) error {
	var body T
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return fmt.Errorf("read %s body: %w", r.Kind, err)
	}
	project(r, body)
	return nil
}

func (p *projection) run(r custody.Record, body Run) {
	if body.Step == "end" {
		p.exec("UPDATE run SET ended = $1 WHERE id = $2", instant(r.Time), body.ID)
		return
	}
	p.exec(`INSERT INTO run (id, idx, began, actor, host, program, asked) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO NOTHING`,
		body.ID, r.Index, instant(r.Time), r.Actor, body.Host, body.Program, body.Asked.line())
}

// stamp says of every item below a stamped checkpoint that it existed at the authority's time. Of several only the earliest counts, and only
// where the authority's certificate led to a root that was trusted here.
func (p *projection) stamp(r custody.Record, s custody.Stamped) {
	if !s.Known {
		return
	}
	date := edtf.Instant(s.Time).String()
	earliest, latest := bounds(date)
	p.exec(`INSERT INTO appearance (idx, n, item, date, earliest, latest, how, strength, source, words, outlet, place, url, title)
		SELECT $1, row_number() OVER (ORDER BY item.idx) - 1, item.id, $2, $3, $4, $5, $6, $7, '', '', '', '', ''
		FROM item WHERE item.idx < $8 AND NOT EXISTS (SELECT 1 FROM appearance a WHERE a.item = item.id AND a.how = $5 AND a.latest <= $4)`,
		r.Index, date, earliest, latest, Trusted, Strength(Trusted), s.Authority, s.Size)
}

// intake makes the item, or adds what a further intake says. Of several names for the same bytes in one run the
// first by the alphabet stands: which file a worker came to first must not show.
func (p *projection) intake(r custody.Record, in Intake) {
	id := r.Original.String()
	p.exec(`INSERT INTO item (id, idx, size, name, taken, kind, state, outlet, place, purpose, title, url, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE SET
			name    = CASE WHEN excluded.name < item.name AND EXISTS
				(SELECT 1 FROM event WHERE event.idx = item.idx AND event.run = $14) THEN excluded.name ELSE item.name END,
			kind    = CASE WHEN excluded.kind <> '' THEN excluded.kind ELSE item.kind END,
			outlet  = CASE WHEN item.outlet  = '' THEN excluded.outlet  ELSE item.outlet  END,
			place   = CASE WHEN item.place   = '' THEN excluded.place   ELSE item.place   END,
			purpose = CASE WHEN item.purpose = '' THEN excluded.purpose ELSE item.purpose END,
			title   = CASE WHEN item.title   = '' THEN excluded.title   ELSE item.title   END,
			url     = CASE WHEN item.url     = '' THEN excluded.url     ELSE item.url     END,
			note    = CASE WHEN item.note    = '' THEN excluded.note    ELSE item.note    END`,
		id, r.Index, in.Size, in.Name, instant(r.Time), in.Kind, Pending,
		in.Outlet, in.Place, in.Purpose, in.Title, in.URL, in.Note, in.Run)
	p.exec(`INSERT INTO event (idx, item, run, time, actor, argument, given, name, size, modified, sidecar)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.Index, id, in.Run, instant(r.Time), r.Actor, in.Argument, in.Given, in.Name, in.Size, in.Modified, in.Sidecar)
	own := Appearance{Date: edtf.Instant(r.Time).String(), How: Log, Source: "intake"}
	p.appearances(r, append([]Appearance{own}, in.Appearances...))
	p.itemWords(id)
}

// placeholder makes an item whose intake record is damaged: what was derived from it is still known.
func (p *projection) placeholder(r custody.Record) {
	id := r.Original.String()
	p.exec(`INSERT INTO item (id, idx, size, name, taken, kind, state) SELECT $1, idx, 0, $2, $3, '', $4 FROM damage
		WHERE NOT EXISTS (SELECT 1 FROM item WHERE id = $1) AND NOT EXISTS (SELECT 1 FROM item WHERE item.idx = damage.idx) ORDER BY idx LIMIT 1`,
		id, id[:12], instant(r.Time), Pending)
}

func (p *projection) derivation(r custody.Record, d Derivation) {
	id := r.Original.String()
	p.placeholder(r)
	p.exec(`DELETE FROM appearance WHERE item = $1 AND idx IN
		(SELECT idx FROM derivation WHERE item = $1 AND stage = $2)`, id, d.Stage)
	p.exec(`INSERT INTO derivation (idx, item, stage, time, engine, parameters, state, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.Index, id, d.Stage, instant(r.Time), d.Engine, string(d.Parameters), d.State, d.Detail)
	if d.Stage != StageCheck && d.Stage != StagePreview { // those say nothing about the state of the item
		p.exec(`UPDATE item SET state = $1, detail = $2, kind = CASE WHEN kind = '' THEN $3 ELSE kind END WHERE id = $4`,
			d.State, d.Detail, d.Kind, id)
	}
	if d.Stage == StageFootage {
		p.exec("UPDATE item SET fingerprints = $1 WHERE id = $2", d.Fingerprints, id)
	}
	p.appearances(r, d.Appearances)
	for n, out := range d.Outputs {
		p.exec(`INSERT INTO output (idx, n, role, path, sha256, size) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.Index, n, out.Role, out.Path, out.SHA256, out.Size)
	}
	p.media(id, d.Media)
	p.text(id, d)
	if d.Stage == StageCheck {
		p.reuses(r, d.output(RoleReuses))
	}
}

func (p *projection) media(id string, m *Media) {
	if m == nil {
		return
	}
	if m.Position != nil { // what a person said of the place goes before
		p.exec("UPDATE item SET place = $1 WHERE id = $2 AND place = ''", m.Position.String(), id)
	}
	p.exec("DELETE FROM media WHERE item = $1", id)
	p.exec(`INSERT INTO media (item, kind, container, codec, width, height, rotation, rate, duration_ns, frames, last_ns, audio, tool)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		id, m.Kind, m.Container, m.Codec, m.Width, m.Height, m.Rotation, m.Rate, m.Duration, m.Frames, m.Last, flag(m.Audio), m.Tool)
}

func (p *projection) text(id string, d Derivation) {
	if d.Text == nil {
		return
	}
	t, warnings := d.Text, "[]"
	if len(t.Warnings) > 0 {
		b, err := json.Marshal(t.Warnings)
		if err != nil {
			panic("store: warnings are plain text: " + err.Error())
		}
		warnings = string(b)
	}
	text := d.output(RoleText)
	p.exec("DELETE FROM document WHERE item = $1", id)
	p.exec(`INSERT INTO document (item, lang, title, outlet, published, text_path, text_size, warnings)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, t.Lang, t.Title, t.Outlet, t.Published, text.Path, text.Size, warnings)
	p.exec(`UPDATE item SET title = CASE WHEN title = '' THEN $1 ELSE title END,
		outlet = CASE WHEN outlet = '' THEN $2 ELSE outlet END WHERE id = $3`, t.Title, t.Outlet, id)
	p.claims(id, d.output(RoleClaims))
	p.itemWords(id)
	p.claimWords(id)
	p.textWords(id, t.Lang, text)
}

func (d Derivation) output(role string) Output {
	for _, out := range d.Outputs {
		if out.Role == role {
			return out
		}
	}
	return Output{}
}

// claims projects the lines of the derived claim file. A file that is gone or was
// changed gives no rows: `beleg verify` names it, and the catalogue shows only what
// the record vouches for.
func (p *projection) claims(id string, out Output) {
	p.exec("DELETE FROM claim WHERE item = $1", id)
	p.exec("DELETE FROM claim_figure WHERE item = $1", id)
	b, ok := p.lines(out)
	if !ok {
		return
	}
	n := 0
	for line := range bytes.Lines(b) {
		if err := p.claim(id, n, bytes.TrimSpace(line)); err != nil && p.err == nil {
			p.err = fmt.Errorf("claims in %s are not as they should be, though they hash as recorded: %w", out.Path, err)
		}
		n++
	}
}

// derived reads a derived file. One that is gone or was changed is not ok.
func (p *projection) derived(out Output) (b []byte, ok bool) {
	if out.Path == "" || p.err != nil {
		return nil, false
	}
	b, err := fs.ReadFile(p.data, out.Path)
	sum := sha256.Sum256(b)
	return b, err == nil && hex.EncodeToString(sum[:]) == out.SHA256
}

// lines reads a derived file of JSON lines.
func (p *projection) lines(out Output) (b []byte, ok bool) {
	if b, ok = p.derived(out); !ok {
		return nil, false
	}
	if !validLines(b) {
		p.err = fmt.Errorf("%s in %s are not JSON, though they hash as recorded", out.Role, out.Path)
		return nil, false
	}
	return b, true
}

// decision projects what a person decided. What it means is for package casefile.
func (p *projection) decision(r custody.Record) error {
	var body struct{ On, Key string }
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return fmt.Errorf("read %s body: %w", r.Kind, err)
	}
	p.exec(`INSERT INTO decision (idx, time, actor, subject, key, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.Index, instant(r.Time), r.Actor, body.On, body.Key, string(r.Body))
	return nil
}

// reuses projects the lines of a check. What an earlier check found and this one did not stays, not current:
// people may have decided on it.
func (p *projection) reuses(r custody.Record, out Output) {
	b, ok := p.lines(out)
	if !ok {
		return
	}
	id := r.Original.String()
	p.exec("UPDATE reuse SET current = 0 WHERE item = $1", id)
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, len(b)+1)
	for n := 0; lines.Scan(); n++ {
		var line struct{ ID, Earlier string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			p.err = fmt.Errorf("%s in %s: %w", out.Role, out.Path, err)
			return
		}
		p.exec(`INSERT INTO reuse (id, item, earlier, idx, n, current, body) VALUES ($1, $2, $3, $4, $5, 1, $6)
			ON CONFLICT (id) DO UPDATE SET idx = $4, n = $5, current = 1, body = $6`, line.ID, id, line.Earlier, r.Index, n, lines.Text())
	}
}

func validLines(b []byte) bool {
	for line := range bytes.Lines(b) {
		if !json.Valid(line) {
			return false
		}
	}
	return true
}

// appearances adds those that the item does not have yet. Of our own log only
// the first entry counts: it is the earliest that proves anything.
func (p *projection) appearances(r custody.Record, list []Appearance) {
	id := r.Original.String()
	for n, a := range list {
		earliest, latest := bounds(a.Date)
		p.exec(`INSERT INTO appearance (idx, n, item, date, earliest, latest, how, strength, source, words, outlet, place, url, title)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
			WHERE NOT EXISTS (SELECT 1 FROM appearance WHERE item = $3 AND how = $7 AND
				($7 = 'log' OR (date = $4 AND source = $9 AND outlet = $11 AND place = $12 AND url = $13)))`,
			r.Index, n, id, a.Date, earliest, latest, a.How, Strength(a.How), a.Source, a.Words, a.Outlet, a.Place, a.URL, a.Title)
	}
}

// bounds returns the first and last instant that an EDTF date covers as sortable
// text, ” for an end that is open or a date that cannot be read.
func bounds(date string) (earliest, latest string) {
	d, err := edtf.Parse(date)
	if err != nil {
		return "", ""
	}
	from, to, openStart, openEnd := d.Interval()
	if !openStart {
		earliest = sortable(from)
	}
	if !openEnd {
		latest = sortable(to.Add(-1)) // the interval is half-open
	}
	return earliest, latest
}

func sortable(t time.Time) string {
	if y := t.UTC().Year(); y < 0 || y > 9999 {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

func instant(t time.Time) string {
	return t.UTC().Format(time.RFC3339Nano)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
