package intake

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"beleg/custody"
	"beleg/stamp"
)

// authoritiesFile lies beside the signing key: a line for each time-stamping authority, its address and, after a space, the
// file with the roots it is trusted under, in PEM; without one, the system's roots are taken.
const authoritiesFile = "authorities.txt"

// An Authority stamps times.
type Authority struct {
	URL   string
	Roots string // file of roots in PEM; "" for the system's
}

// ErrAuthority reports an address or a file of roots that cannot be used.
var ErrAuthority = errors.New("intake: not a time-stamping authority")

// Authorities reads those that are configured beside a signing key; none is no error.
func Authorities(keyFile string) (list []Authority, err error) {
	f, err := os.Open(filepath.Join(filepath.Dir(keyFile), authoritiesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read authorities: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		address, roots, _ := strings.Cut(line, " ")
		a := Authority{address, strings.TrimSpace(roots)}
		if err := a.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", authoritiesFile, err)
		}
		list = append(list, a)
	}
	return list, lines.Err()
}

// Check refuses an address that is none. The error wraps ErrAuthority.
func (a Authority) Check() error {
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%.200q is no address that begins with http: or https: : %w", a.URL, ErrAuthority)
	}
	return nil
}

// AddAuthority configures one more beside a signing key.
func AddAuthority(keyFile string, a Authority) error {
	if err := a.Check(); err != nil {
		return err
	}
	file := filepath.Join(filepath.Dir(keyFile), authoritiesFile)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("keep authority: %w", err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep authority: %w", err)
	}
	_, err = f.WriteString(strings.TrimSpace(a.URL+" "+a.Roots) + "\n")
	return errors.Join(err, f.Close())
}

// roots returns what a's certificate must lead to.
func (a Authority) roots() (*x509.CertPool, error) {
	if a.Roots == "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("read the system's roots: %w", err)
		}
		return pool, nil
	}
	b, err := os.ReadFile(a.Roots)
	if err != nil {
		return nil, fmt.Errorf("read roots of %s: %w", a.URL, err)
	}
	return stamp.Roots(b)
}

// Stamp has an authority vouch for the log as it is now: one token over the newest checkpoint proves the time of every record
// below it, and renews earlier tokens, which are records too. A token whose certificate leads to no trusted root is kept
// all the same, as of an unknown authority.
func (f *Folder) Stamp(ctx context.Context, client *http.Client, actor string, a Authority) (custody.Stamped, error) {
	roots, err := a.roots()
	if err != nil {
		return custody.Stamped{}, err
	}
	c, err := f.Archive.SaveCheckpoint(ctx)
	if err != nil {
		return custody.Stamped{}, err
	}
	r, err := stamp.NewRequest(c.StampText(), rand.Reader)
	if err != nil {
		return custody.Stamped{}, err
	}
	t, err := stamp.Ask(ctx, client, a.URL, r)
	if err != nil {
		return custody.Stamped{}, err
	}
	var kept []byte
	if chain, err := t.Chain(roots); err == nil {
		kept = stamp.EncodeChain(chain)
	} else if !errors.Is(err, stamp.ErrUnknown) {
		return custody.Stamped{}, err
	}
	s, err := f.Archive.KeepStamp(ctx, actor, a.URL, c, t, kept)
	if err != nil {
		return s, err
	}
	return s, f.project(ctx)
}
