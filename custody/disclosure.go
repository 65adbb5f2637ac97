package custody

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A record of version 2 is a head and a line for each of its members. The log commits to the head, and the head to
// each line by its digest: a line can be left out, and the rest still shows that it is the record's. The idea is that of
// selective disclosure, RFC 9901; docs/format/log.md has the bytes.

const (
	disclosureSalt = 16  // bytes: a guess at a member cannot be tried against its digest
	maxSplit       = 256 // elements of a list that get a line each; a longer list is one member
	maxMembers     = 1 << 16
)

// Names of members that every kind of record may have. They are JSON pointers (RFC 6901), as those of the body are: "/body/reason".
const (
	memberActor    = "/actor"
	memberTag      = "/actor_tag"
	memberOriginal = "/original"
	memberBody     = "/body"
)

// A disclosure is one member of a record, with the salt that keeps its digest from being guessed at.
type disclosure struct {
	salt  [disclosureSalt]byte
	name  string
	value json.RawMessage // canonical
}

// line is the disclosure's line: canonical JSON, ended by a newline.
func (d disclosure) line() []byte {
	name, err := json.Marshal(d.name)
	if err == nil {
		name, err = canonical(name)
	}
	if err != nil {
		panic("custody: name of a member: " + err.Error())
	}
	return fmt.Appendf(nil, `["%x",%s,%s]`+"\n", d.salt, name, d.value)
}

// parseDisclosure reads a line, without its newline, in its one form.
func parseDisclosure(line []byte) (disclosure, error) {
	var d disclosure
	var parts []json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil || len(parts) != 3 {
		return d, fmt.Errorf("a line is not salt, name and value: %w", ErrRecord)
	}
	var salt string
	if json.Unmarshal(parts[0], &salt) != nil || json.Unmarshal(parts[1], &d.name) != nil || len(salt) != 2*disclosureSalt {
		return d, fmt.Errorf("a line is not salt, name and value: %w", ErrRecord)
	}
	if _, err := hex.Decode(d.salt[:], []byte(salt)); err != nil {
		return d, fmt.Errorf("salt of %.80q: %w: %w", d.name, err, ErrRecord)
	}
	var err error
	if d.value, err = canonical(parts[2]); err != nil {
		return d, fmt.Errorf("member %.80q: %w: %w", d.name, err, ErrRecord)
	}
	if !bytes.Equal(d.line(), append(bytes.Clone(line), '\n')) {
		return d, fmt.Errorf("member %.80q is not in its one form: %w", d.name, ErrRecord)
	}
	return d, nil
}

// headJSON is the head of a record. Members are in the order in which they are written.
type headJSON struct {
	Clock    clockJSON `json:"clock"`
	BackFrom string    `json:"clock_back_from,omitempty"`
	Kind     string    `json:"kind"`
	Salt     string    `json:"salt"`
	SD       []string  `json:"sd"` // SHA-256 of each member's line, in hex, sorted
	Time     string    `json:"time"`
	V        int       `json:"v"`
}

// members takes the record apart: what a line is written for, by name.
func (r *Record) members() (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	text := func(name, s string) error {
		b, err := json.Marshal(s)
		if err == nil {
			out[name], err = canonical(b)
		}
		return err
	}
	if err := text(memberActor, r.Actor); err != nil {
		return nil, err
	}
	if r.ActorTag != "" {
		if err := text(memberTag, r.ActorTag); err != nil {
			return nil, err
		}
	}
	if r.Original != (Digest{}) {
		if err := text(memberOriginal, r.Original.String()); err != nil {
			return nil, err
		}
	}
	if r.Body == nil {
		return out, nil
	}
	var object map[string]json.RawMessage
	if r.Body[0] != '{' || json.Unmarshal(r.Body, &object) != nil || len(object) == 0 {
		out[memberBody] = r.Body
		return out, nil
	}
	for key, value := range object {
		name := memberBody + "/" + escapePointer(key)
		var list []json.RawMessage
		if value[0] != '[' || json.Unmarshal(value, &list) != nil || len(list) == 0 || len(list) > maxSplit {
			out[name] = value
			continue
		}
		for i, e := range list {
			out[name+"/"+strconv.Itoa(i)] = e
		}
	}
	return out, nil
}

func escapePointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func unescapePointer(s string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
}

// disclose writes a line for each member of the record, with salts from random.
func (r *Record) disclose(random io.Reader) error {
	members, err := r.members()
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrRecord)
	}
	r.lines = nil
	for _, name := range slices.Sorted(maps.Keys(members)) {
		d := disclosure{name: name, value: members[name]}
		if _, err := io.ReadFull(random, d.salt[:]); err != nil {
			return fmt.Errorf("make salt: %w", err)
		}
		r.lines = append(r.lines, d)
	}
	r.digests = nil
	for _, d := range r.lines {
		r.digests = append(r.digests, hex.EncodeToString(sum256(d.line())))
	}
	slices.Sort(r.digests)
	return nil
}

func sum256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// bytesV2 returns the record's file: the head, then a line for each member that is not withheld, by name.
func (r *Record) bytesV2() ([]byte, error) {
	j := headJSON{Kind: r.Kind, Salt: hex.EncodeToString(r.Salt[:]), SD: r.digests, Time: r.Time.UTC().Format(timeLayout), V: 2,
		Clock: clockJSON{MaxErrorMicros: r.Clock.MaxError.Microseconds(), Source: r.Clock.Source, Synced: r.Clock.Synced}}
	if !r.ClockBackFrom.IsZero() {
		j.BackFrom = r.ClockBackFrom.UTC().Format(timeLayout)
	}
	b, err := marshalCanonical(j)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrRecord)
	}
	for _, d := range r.lines {
		b = append(b, d.line()...)
	}
	return b, nil
}

// parseV2 reads a record of version 2. Members may be missing: Withheld says how many.
func parseV2(b []byte) (Record, error) {
	head, rest, _ := bytes.Cut(b, []byte("\n"))
	var j headJSON
	if err := json.Unmarshal(head, &j); err != nil {
		return Record{}, fmt.Errorf("%w: %w", err, ErrRecord)
	}
	if j.V != 2 || len(j.SD) > maxMembers || !slices.IsSorted(j.SD) {
		return Record{}, fmt.Errorf("its head is not that of version 2: %w", ErrRecord)
	}
	r := Record{Version: 2, Kind: j.Kind, digests: j.SD,
		Clock: Clock{Source: j.Clock.Source, Synced: j.Clock.Synced, MaxError: time.Duration(j.Clock.MaxErrorMicros) * time.Microsecond}}
	if !validKind(r.Kind) {
		return Record{}, fmt.Errorf("kind %.80q is not lower-case letters, digits and hyphens: %w", r.Kind, ErrRecord)
	}
	if err := r.readTimes(j.Time, j.BackFrom, j.Salt); err != nil {
		return Record{}, err
	}
	for len(rest) > 0 {
		line, more, ended := bytes.Cut(rest, []byte("\n"))
		d, err := parseDisclosure(line)
		if err != nil {
			return Record{}, err
		}
		if _, known := slices.BinarySearch(j.SD, hex.EncodeToString(sum256(d.line()))); !ended || !known {
			return Record{}, fmt.Errorf("member %.80q is not one that the head commits to: %w", d.name, ErrRecord)
		}
		if n := len(r.lines); n > 0 && r.lines[n-1].name >= d.name {
			return Record{}, fmt.Errorf("member %.80q is not in its place: %w", d.name, ErrRecord)
		}
		r.lines, rest = append(r.lines, d), more
	}
	r.Withheld = len(j.SD) - len(r.lines)
	if err := r.assemble(); err != nil {
		return Record{}, err
	}
	again, err := r.bytesV2()
	if err != nil || !bytes.Equal(again, b) {
		return Record{}, fmt.Errorf("not in canonical form: %w", ErrRecord)
	}
	return r, r.checkV2()
}

// assemble sets the record's fields from its lines.
func (r *Record) assemble() error {
	object, lists := map[string]json.RawMessage{}, map[string]map[int]json.RawMessage{}
	for _, d := range r.lines {
		var err error
		switch rest, inBody := strings.CutPrefix(d.name, memberBody+"/"); {
		case d.name == memberActor:
			err = json.Unmarshal(d.value, &r.Actor)
		case d.name == memberTag:
			err = json.Unmarshal(d.value, &r.ActorTag)
		case d.name == memberOriginal:
			var s string
			if err = json.Unmarshal(d.value, &s); err == nil {
				r.Original, err = ParseDigest(s)
			}
		case d.name == memberBody:
			r.Body = d.value
		case inBody:
			key, at, isElement := strings.Cut(rest, "/")
			if !isElement {
				object[unescapePointer(key)] = d.value
				continue
			}
			n, nerr := strconv.Atoi(at)
			if nerr != nil || n < 0 || n >= maxSplit || strconv.Itoa(n) != at {
				return fmt.Errorf("member %.80q has no place in a list: %w", d.name, ErrRecord)
			}
			if lists[unescapePointer(key)] == nil {
				lists[unescapePointer(key)] = map[int]json.RawMessage{}
			}
			lists[unescapePointer(key)][n] = d.value
		default:
			return fmt.Errorf("member %.80q is not one of a record: %w", d.name, ErrRecord)
		}
		if err != nil {
			return fmt.Errorf("member %.80q: %w: %w", d.name, err, ErrRecord)
		}
	}
	for key, elements := range lists {
		if _, twice := object[key]; twice {
			return fmt.Errorf("member %.80q is there twice: %w", key, ErrRecord)
		}
		b := []byte{'['}
		for _, n := range slices.Sorted(maps.Keys(elements)) {
			b = append(append(b, elements[n]...), ',')
		}
		b[len(b)-1] = ']'
		object[key] = b
	}
	if len(object) == 0 {
		return nil
	}
	if r.Body != nil {
		return fmt.Errorf("the body is there twice: %w", ErrRecord)
	}
	b, err := json.Marshal(object)
	if err == nil {
		r.Body, err = canonical(b)
	}
	if err != nil {
		return fmt.Errorf("body: %w: %w", err, ErrRecord)
	}
	return nil
}

// checkV2 holds a record that was read to what one that is written must be; where members are withheld, to what is left.
func (r *Record) checkV2() error {
	if r.Withheld > 0 {
		if len(r.Actor) > maxActor || !utf8.ValidString(r.Actor) {
			return fmt.Errorf("actor %.80q is too long or not UTF-8: %w", r.Actor, ErrRecord)
		}
		return nil
	}
	whole := *r
	if err := whole.check(); err != nil {
		return err
	}
	members, err := whole.members()
	if err != nil {
		return err
	}
	if len(members) != len(r.lines) {
		return fmt.Errorf("%d members where %d are written: %w", len(r.lines), len(members), ErrRecord)
	}
	for _, d := range r.lines {
		if _, ok := members[d.name]; !ok {
			return fmt.Errorf("member %.80q is not as it is written: %w", d.name, ErrRecord)
		}
	}
	return nil
}

// Members lists the names of the members that are there, sorted: "/actor", "/original", "/body/reason". A record of version 1
// has none that could be withheld.
func (r Record) Members() []string {
	var names []string
	for _, d := range r.lines {
		names = append(names, d.name)
	}
	return names
}

// Member returns the value of a member, canonical JSON; false when it is not there.
func (r Record) Member(name string) (json.RawMessage, bool) {
	i := slices.IndexFunc(r.lines, func(d disclosure) bool { return d.name == name })
	if i < 0 {
		return nil, false
	}
	return r.lines[i].value, true
}

// Holds reports whether a member of the record contains words, as they stand in JSON.
func (r Record) Holds(words []byte) bool {
	return slices.ContainsFunc(r.lines, func(d disclosure) bool { return bytes.Contains(d.value, words) }) || bytes.Contains(r.Body, words)
}

// Without returns the file of the record without the members for which withhold says true. It still commits to the log's
// entry. A record of version 1 cannot be shown in part: ErrRecord.
func (r Record) Without(withhold func(name string) bool) ([]byte, error) {
	if r.Version != 2 {
		return nil, fmt.Errorf("a record of version %d is shown as a whole or not at all: %w", max(r.Version, 1), ErrRecord)
	}
	r.lines = slices.DeleteFunc(slices.Clone(r.lines), func(d disclosure) bool { return withhold(d.name) })
	return r.bytesV2()
}

// actorTag shows that two acts are of one person, without saying of whom: HMAC-SHA-256 of the name under a secret of
// the desk, 16 bytes in hex.
func actorTag(secret []byte, actor string) string {
	h := hmac.New(sha256.New, secret)
	io.WriteString(h, actor)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// tagSecret is made of the signing key, so that there is no second secret to lose. What it makes does not tell the key.
func tagSecret(seed []byte) []byte {
	h := sha256.New()
	io.WriteString(h, "beleg actor tag v1\n")
	h.Write(seed)
	return h.Sum(nil)
}

// recordVersion tells from a record's file which version it is: 2 when its first line is a head, else 1.
func recordVersion(file []byte) int {
	head, _, _ := bytes.Cut(file, []byte("\n"))
	if bytes.HasSuffix(head, []byte(`"v":2}`)) {
		return 2
	}
	return 1
}
