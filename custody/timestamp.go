package custody

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"beleg/stamp"
)

// KindStamp is the kind of the record that says that an authority vouched for a checkpoint's time. Only KeepStamp writes it.
const KindStamp = "stamp"

const (
	stampsDir   = "log/stamps"
	stampSuffix = ".tst"
	chainSuffix = ".pem"
)

// A Stamped is an authority's word that a checkpoint, and with it every record below it, existed at a time. Its JSON form is the
// body of a record of kind stamp.
type Stamped struct {
	Size      uint64        `json:"size"`                  // entries of the checkpoint
	Root      string        `json:"root"`                  // its root, hex
	Time      time.Time     `json:"time"`                  // of the authority's clock
	Accuracy  time.Duration `json:"accuracy_ns,omitempty"` // as the authority says
	Authority string        `json:"authority"`             // as its certificate names it
	Asked     string        `json:"asked,omitempty"`       // address that was asked
	Known     bool          `json:"known"`                 // its certificate led to a root that was trusted here
	Ends      string        `json:"ends,omitempty"`        // name of that root
	Token     string        `json:"token"`                 // file, below the data folder
	SHA256    string        `json:"sha256"`                // of that file
}

// StampText is what an authority is asked to vouch for: the checkpoint's signed text, three lines. Signatures may be added to a
// checkpoint later; the text stays.
func (c Checkpoint) StampText() []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// KeepStamp keeps a token over a checkpoint of this log, with the chain of its certificate in PEM if that is known, and logs it.
// The token must have been checked against [Checkpoint.StampText].
func (a *Archive) KeepStamp(ctx context.Context, actor, asked string, c Checkpoint, t stamp.Token, chain []byte) (Stamped, error) {
	s, err := a.keepStamp(ctx, actor, asked, c, t, chain)
	if err != nil {
		return s, fmt.Errorf("keep time stamp: %w", err)
	}
	return s, nil
}

func (a *Archive) keepStamp(ctx context.Context, actor, asked string, c Checkpoint, t stamp.Token, chain []byte) (Stamped, error) {
	if a.readOnly {
		return Stamped{}, ErrReadOnly
	}
	if err := a.Continues(ctx, c); err != nil {
		return Stamped{}, err
	}
	sum := hex.EncodeToString(sum256(t.DER))
	base := fmt.Sprintf("%s/%015d-%x-%s", stampsDir, c.Size, c.Root[:8], sum[:8])
	s := Stamped{Size: c.Size, Root: c.Root.String(), Time: t.Time, Accuracy: t.Accuracy, Authority: t.Authority, Asked: asked, Known: len(chain) > 0,
		Token: base + stampSuffix, SHA256: sum}
	if err := a.ensureDir(stampsDir); err != nil {
		return s, err
	}
	if len(chain) > 0 {
		last, err := stamp.Last(chain)
		if err != nil {
			return s, err
		}
		s.Ends = last.Subject.String()
		if err := a.writeOnce(base+chainSuffix, logTemp, chain); err != nil && !errors.Is(err, fs.ErrExist) {
			return s, err
		}
	}
	if err := a.writeOnce(s.Token, logTemp, t.DER); err != nil && !errors.Is(err, fs.ErrExist) {
		return s, err
	}
	if err := a.syncDir(stampsDir); err != nil {
		return s, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return s, err
	}
	_, err = a.submit(ctx, Record{Kind: KindStamp, Actor: actor, Body: body})(ctx)
	return s, err
}

// learnStamp notes what a record says about a token, so that the files can be held to it.
func (v *verification) learnStamp(i uint64, r Record) {
	var s Stamped
	if json.Unmarshal(r.Body, &s) != nil || s.Token == "" {
		return
	}
	v.stamps[s.Token] = logged{i, s}
}

// logged is what record index says about a token.
type logged struct {
	index uint64
	Stamped
}

// checkStamps checks each token from its bytes: that it is over a checkpoint of this log, signed as it must be, and what the log says of it;
// and its chain, as it held at the token's own time.
func (v *verification) checkStamps() {
	es, err := v.list(stampsDir)
	if err != nil {
		v.fault(FaultStamp, stampsDir, "", "%v", err)
	}
	there := map[string]bool{}
	for _, e := range es {
		name := path.Join(stampsDir, e.Name())
		base, isToken := strings.CutSuffix(name, stampSuffix)
		switch {
		case isToken:
			there[name] = true
			if err := v.checkStamp(name, base); err != nil {
				v.fault(FaultStamp, name, "the time stamp of a checkpoint", "%v", err)
			}
		case !strings.HasSuffix(name, chainSuffix):
			v.fault(FaultUnknown, name, "", "no archive has such a file")
		}
	}
	for name, l := range v.stamps { // the report is sorted in the end
		if !there[name] {
			v.fault(FaultMissing, name, "the time stamp of a checkpoint", "the token that record %d speaks of is gone", l.index)
		}
	}
}

func (v *verification) checkStamp(name, base string) error {
	b, err := v.read(name, stamp.MaxToken)
	if err != nil {
		return err
	}
	parts := strings.Split(path.Base(base), "-")
	if len(parts) != 3 {
		return errors.New("no archive has such a file")
	}
	size, err := strconv.ParseUint(parts[0], 10, 64)
	if err != nil || size > v.size {
		return fmt.Errorf("it is over a checkpoint of %s entries, and the log has %d", parts[0], v.size)
	}
	root := v.roots[size]
	t, err := stamp.Parse(b, Checkpoint{Origin: v.verifier.Name(), Size: size, Root: root}.StampText())
	if err != nil {
		return err
	}
	l, ok := v.stamps[name]
	switch {
	case !ok:
		v.pending(name) // cut off before it was logged: a token all the same
	case l.SHA256 != hex.EncodeToString(sum256(b)) || !l.Time.Equal(t.Time) || l.Authority != t.Authority:
		return fmt.Errorf("it is not the token that record %d speaks of", l.index)
	}
	if ok && l.Known {
		if err := v.checkChain(base+chainSuffix, t); err != nil {
			return err
		}
	}
	v.report.Stamps++
	if t.Time.After(v.report.Stamped) {
		v.report.Stamped = t.Time
	}
	return nil
}

// checkChain holds a token to the chain that was kept with it. Whether its root is to be trusted is for the reader to say.
func (v *verification) checkChain(name string, t stamp.Token) error {
	b, err := v.read(name, 4*stamp.MaxToken)
	if err != nil {
		return fmt.Errorf("read its chain: %w", err)
	}
	if err := t.CheckChain(b); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// stampSizes are the sizes of the checkpoints that tokens are over, for which roots are needed.
func (v *verification) stampSizes() {
	es, _ := v.list(stampsDir) // checkStamps names what is wrong there
	for _, e := range es {
		size, _, _ := strings.Cut(e.Name(), "-")
		if n, err := strconv.ParseUint(size, 10, 64); err == nil && n <= v.size {
			v.roots[n] = Digest{}
		}
	}
}
