package stamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"beleg/stamp/stamptest"
)

func keys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"rsa": r, "ecdsa": e}
}

var (
	words = []byte("beleg.log/00\n3\nAAAA\n")
	noon  = time.Now().UTC().Truncate(time.Second)
)

func asked(t testing.TB, a *stamptest.Authority) (Request, []byte) {
	t.Helper()
	r, err := NewRequest(words, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return r, a.Answer(t, r.DER)
}

// A token holds for its bytes, and leads to the root it was made under.
func TestToken(t *testing.T) {
	for name, key := range keys(t) {
		a := stamptest.New(t, key, noon, noon.AddDate(1, 0, 0))
		server := httptest.NewServer(a)
		defer server.Close()
		r, err := NewRequest(words, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		token, err := Ask(t.Context(), server.Client(), server.URL, r)
		if err != nil || !token.Time.Equal(noon) || token.Accuracy != time.Second || !strings.Contains(token.Authority, "Test authority") {
			t.Fatalf("%s: Ask = %+v, %v", name, token, err)
		}
		if bytes.Contains(r.DER, words[:8]) {
			t.Errorf("%s: the request holds the bytes themselves", name)
		}
		again, err := Parse(token.DER, words)
		if err != nil || !again.Time.Equal(noon) {
			t.Errorf("%s: Parse = %+v, %v", name, again, err)
		}
		chain, err := again.Chain(a.Roots())
		if err != nil || len(chain) != 2 {
			t.Errorf("%s: Chain = %d certificates, %v, want 2", name, len(chain), err)
		}
		if last, err := Last(EncodeChain(chain)); err != nil || last.Subject.CommonName != "Test root" {
			t.Errorf("%s: Last = %v, %v", name, last, err)
		}
		other := stamptest.New(t, key, noon, noon.AddDate(1, 0, 0))
		if _, err := again.Chain(other.Roots()); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: Chain to another root = %v, want ErrUnknown", name, err)
		}
		if _, err := Parse(token.DER, append([]byte("x"), words...)); !errors.Is(err, ErrToken) {
			t.Errorf("%s: Parse over other bytes = %v, want ErrToken", name, err)
		}
	}
}

// A certificate that has ended since vouches for what it signed while it held, and for nothing before or after.
func TestChainAtItsOwnTime(t *testing.T) {
	key := keys(t)["ecdsa"]
	// The library signs with the clock of now, so the certificate's time is set around that, and the token's outside it.
	a := stamptest.New(t, key, noon, noon.AddDate(0, 0, 1))
	for _, tc := range []struct {
		at   time.Time
		want error
	}{{noon, nil}, {noon.AddDate(0, 0, -2), nil}, {noon.AddDate(0, 0, 2), ErrUnknown}, {noon.AddDate(0, -2, 0), ErrUnknown}} {
		a.At = tc.at
		r, answer := asked(t, a)
		token, err := r.Token(answer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := token.Chain(a.Roots()); !errors.Is(err, tc.want) {
			t.Errorf("token of %s: Chain = %v, want %v", tc.at, err, tc.want)
		}
	}
}

// What an authority must not do, and what others might send in its place.
func TestRefusedTokens(t *testing.T) {
	key := keys(t)["ecdsa"]
	good := stamptest.New(t, key, noon, noon.AddDate(1, 0, 0))
	use := func(arcs ...int) asn1.ObjectIdentifier {
		return append(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3}, arcs...)
	}
	changed := func(f func(*timestamp.Timestamp)) *stamptest.Authority {
		a := *good
		a.Change = f
		return &a
	}
	for name, a := range map[string]*stamptest.Authority{
		"another use as well": stamptest.New(t, key, noon, noon.AddDate(1, 0, 0), use(8), use(1)),
		"another use":         stamptest.New(t, key, noon, noon.AddDate(1, 0, 0), use(1)),
		"other bytes":         changed(func(ts *timestamp.Timestamp) { ts.HashedMessage = make([]byte, 32) }),
		"no nonce":            changed(func(ts *timestamp.Timestamp) { ts.Nonce = nil }),
		"another nonce":       changed(func(ts *timestamp.Timestamp) { ts.Nonce = big.NewInt(7) }),
		"no certificate":      changed(func(ts *timestamp.Timestamp) { ts.AddTSACertificate, ts.Certificates = false, nil }),
	} {
		r, answer := asked(t, a)
		if _, err := r.Token(answer); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v, want ErrToken", name, err)
		}
	}
	r, answer := asked(t, good)
	for _, b := range [][]byte{nil, {0x30}, answer[:len(answer)-1], append(bytes.Clone(answer), 0), make([]byte, MaxToken+1)} {
		if _, err := r.Token(b); !errors.Is(err, ErrToken) {
			t.Errorf("an answer of %d bytes: %v, want ErrToken", len(b), err)
		}
	}
	refusal, err := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadAlgorithm)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Token(refusal); !errors.Is(err, ErrToken) {
		t.Errorf("a refusal: %v, want ErrToken", err)
	}
}

// OpenSSL, which shares no code with this package, takes our requests and our reading of its answers agrees with its own.
func TestOpenSSL(t *testing.T) {
	exe, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("this test runs a foreign authority: install openssl")
	}
	dir := t.TempDir()
	key := keys(t)["rsa"]
	a := stamptest.New(t, key, noon, noon.AddDate(1, 0, 0))
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	root := write("root.pem", EncodeChain([]*x509.Certificate{a.Root}))
	cert := write("cert.pem", EncodeChain([]*x509.Certificate{a.Cert}))
	private := write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	config := write("tsa.cnf", fmt.Appendf(nil, `[tsa]
default_tsa = one
[one]
serial = %[1]s/serial
signer_cert = %[2]s
certs = %[3]s
signer_key = %[4]s
signer_digest = sha256
default_policy = 1.2.3
digests = sha256
accuracy = secs:1
ess_cert_id_alg = %[5]s
`, dir, cert, root, private, "sha256"))
	run := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), exe, args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	r, err := NewRequest(words, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	query, reply, data := write("q.tsq", r.DER), filepath.Join(dir, "r.tsr"), write("data", words)
	write("serial", []byte("01\n"))
	for _, alg := range []string{"sha256", "sha512", "sha1"} {
		b, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		write("tsa.cnf", bytes.Replace(b, []byte("alg = sha256"), []byte("alg = "+alg), 1))
		run("ts", "-reply", "-queryfile", query, "-config", config, "-out", reply)
		answer, err := os.ReadFile(reply)
		if err != nil {
			t.Fatal(err)
		}
		token, err := r.Token(answer)
		if err != nil {
			t.Errorf("%s: our reading of an answer of OpenSSL = %v", alg, err)
			continue
		}
		if _, err := token.Chain(a.Roots()); err != nil {
			t.Errorf("%s: Chain = %v", alg, err)
		}
		write("tsa.cnf", b)
		ours := write("ours.tst", token.DER)
		run("ts", "-verify", "-in", ours, "-token_in", "-data", data, "-CAfile", root, "-attime", fmt.Sprint(token.Time.Unix()))
	}
	// And the other way round: what our test authority answers.
	r2, answer := asked(t, a)
	token, err := r2.Token(answer)
	if err != nil {
		t.Fatal(err)
	}
	run("ts", "-verify", "-in", write("go.tst", token.DER), "-token_in", "-data", data, "-CAfile", root)
}

// However a token or an answer is cut off, it is refused, not a panic: the fuzzer found that the library beneath reads past the end.
func TestCutOff(t *testing.T) {
	a := stamptest.New(t, keys(t)["ecdsa"], noon, noon.AddDate(1, 0, 0))
	r, answer := asked(t, a)
	token, err := r.Token(answer)
	if err != nil {
		t.Fatal(err)
	}
	cut := [][]byte{{0x3f, 0x81}, {0x30, 0x81}, {0x30, 0x80}}
	for n := range token.DER {
		cut = append(cut, token.DER[:n])
	}
	for _, b := range cut {
		if _, err := Parse(b, words); !errors.Is(err, ErrToken) {
			t.Errorf("Parse of %d bytes = %v, want ErrToken", len(b), err)
		}
		if _, err := r.Token(b); !errors.Is(err, ErrToken) {
			t.Errorf("Token of %d bytes = %v, want ErrToken", len(b), err)
		}
	}
}

func FuzzParse(f *testing.F) {
	a := stamptest.New(f, keys(f)["ecdsa"], noon, noon.AddDate(1, 0, 0))
	r, answer := asked(f, a)
	token, err := r.Token(answer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token.DER)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Parse(b, words); err != nil && !errors.Is(err, ErrToken) {
			t.Errorf("Parse = %v, want ErrToken", err)
		}
	})
}
