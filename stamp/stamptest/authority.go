// Package stamptest has a time-stamping authority for tests. Nobody should trust it.
package stamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// TimeStamping is the one extended use of an authority's certificate.
var TimeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}

// An Authority answers requests. It is an [http.Handler].
type Authority struct {
	Root, Cert *x509.Certificate
	Key        crypto.Signer
	At         time.Time                  // of its clock; that of the system when zero
	Change     func(*timestamp.Timestamp) // what it answers otherwise than asked
}

// New makes an authority under a root of its own. Its certificate was made a month before at, ends when it is told to, and has
// the extended uses, or [TimeStamping].
func New(t testing.TB, key crypto.Signer, at, ends time.Time, uses ...asn1.ObjectIdentifier) *Authority {
	t.Helper()
	a, err := Make(key, at, ends, uses...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Make is [New] outside a test.
func Make(key crypto.Signer, at, ends time.Time, uses ...asn1.ObjectIdentifier) (*Authority, error) {
	if len(uses) == 0 {
		uses = []asn1.ObjectIdentifier{TimeStamping}
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test root"}, NotBefore: at.AddDate(-1, 0, 0), NotAfter: at.AddDate(20, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	root, err := signed(ca, ca, rootKey.Public(), rootKey)
	if err != nil {
		return nil, err
	}
	b, err := asn1.Marshal(uses)
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Test authority"}, NotBefore: at.AddDate(0, -1, 0), NotAfter: ends,
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: b}}}
	cert, err := signed(leaf, root, key.Public(), rootKey)
	return &Authority{Root: root, Cert: cert, Key: key, At: at}, err
}

func signed(c, by *x509.Certificate, public any, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, c, by, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// Answer answers a request.
func (a *Authority) Answer(t testing.TB, request []byte) []byte {
	t.Helper()
	b, err := a.answer(request)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (a *Authority) answer(request []byte) ([]byte, error) {
	q, err := timestamp.ParseRequest(request)
	if err != nil {
		return nil, err
	}
	at := a.At
	if at.IsZero() {
		at = time.Now().UTC()
	}
	ts := timestamp.Timestamp{HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: at, Nonce: q.Nonce, Policy: asn1.ObjectIdentifier{1, 2, 3},
		Accuracy: time.Second, AddTSACertificate: true, Certificates: []*x509.Certificate{a.Root}}
	if a.Change != nil {
		a.Change(&ts)
	}
	return ts.CreateResponseWithOpts(a.Cert, a.Key, crypto.SHA256)
}

// ServeHTTP answers a request that came by HTTP.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err == nil && r.Header.Get("Content-Type") == "application/timestamp-query" {
		b, err = a.answer(b)
	}
	if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "this is no request for a time stamp", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(b) // an error here means that who asked has gone
}

// Roots is the pool in which its certificate is known.
func (a *Authority) Roots() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.Root)
	return p
}

// RootPEM is its root in PEM.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
}
