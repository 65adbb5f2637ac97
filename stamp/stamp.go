package stamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// MaxToken is the most bytes of a token: real ones have some thousand.
const MaxToken = 1 << 16

var (
	// ErrToken reports an answer or a token that is malformed, is about other bytes, or is not signed as it must be.
	ErrToken = errors.New("stamp: not a valid time stamp")
	// ErrUnknown reports a token whose certificate leads to none of the roots that were given. It proves the time only to
	// whoever trusts its authority for another reason.
	ErrUnknown = errors.New("stamp: the authority is not one of those trusted")
)

// A Request is a question to an authority.
type Request struct {
	DER   []byte
	data  []byte
	nonce *big.Int
}

// NewRequest makes a request for bytes. random gives its nonce, by which an old answer is told from this one's.
func NewRequest(data []byte, random io.Reader) (Request, error) {
	var n [16]byte
	if _, err := io.ReadFull(random, n[:]); err != nil {
		return Request{}, fmt.Errorf("make nonce: %w", err)
	}
	n[0] &= 0x7f
	sum := sha256.Sum256(data)
	r := Request{data: data, nonce: new(big.Int).SetBytes(n[:])}
	q := timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: r.nonce}
	var err error
	if r.DER, err = q.Marshal(); err != nil {
		return Request{}, fmt.Errorf("make time stamp request: %w", err)
	}
	return r, nil
}

// Token reads an authority's answer to the request.
func (r Request) Token(answer []byte) (t Token, err error) {
	defer refusePanic(&err)
	if len(answer) > MaxToken {
		return Token{}, fmt.Errorf("an answer of over %d bytes: %w", MaxToken, ErrToken)
	}
	ts, err := timestamp.ParseResponse(answer)
	if err != nil {
		return Token{}, fmt.Errorf("read answer: %w: %w", err, ErrToken)
	}
	t, err = Parse(ts.RawToken, r.data)
	if err == nil && (t.nonce == nil || t.nonce.Cmp(r.nonce) != 0) {
		err = fmt.Errorf("the answer is to another request: %w", ErrToken)
	}
	return t, err
}

// Ask sends the request to an authority and reads its answer.
func Ask(ctx context.Context, client *http.Client, url string, r Request) (t Token, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(r.DER))
	if err != nil {
		return t, fmt.Errorf("ask %s: %w", url, err)
	}
	q.Header.Set("Content-Type", "application/timestamp-query")
	q.Header.Set("Accept", "application/timestamp-reply")
	a, err := client.Do(q)
	if err != nil {
		return t, fmt.Errorf("ask %s: %w", url, err)
	}
	defer func() { err = errors.Join(err, a.Body.Close()) }()
	if a.StatusCode != http.StatusOK {
		return t, fmt.Errorf("ask %s: it answered %s", url, a.Status)
	}
	b, err := io.ReadAll(io.LimitReader(a.Body, MaxToken+1))
	if err != nil {
		return t, fmt.Errorf("ask %s: %w", url, err)
	}
	if t, err = r.Token(b); err != nil {
		return t, fmt.Errorf("ask %s: %w", url, err)
	}
	return t, nil
}

// A Token is an authority's word that bytes existed at a time.
type Token struct {
	DER       []byte
	Time      time.Time     // of the authority's clock, UTC
	Accuracy  time.Duration // by which that may be off, as the authority says; 0 when it does not
	Authority string        // as its certificate names it
	Serial    string        // of the token, decimal
	Policy    string        // under which it was given, an object identifier

	nonce  *big.Int
	signer *x509.Certificate
	certs  []*x509.Certificate // that came along
}

// Parse reads a token and checks that it is about data and that its certificate, which must have come along, signed it and was
// made for time stamps alone. To whom the certificate leads is for [Token.Chain].
func Parse(der, data []byte) (t Token, err error) {
	defer refusePanic(&err)
	if len(der) > MaxToken {
		return Token{}, fmt.Errorf("a token of over %d bytes: %w", MaxToken, ErrToken)
	}
	ts, err := timestamp.Parse(der)
	if err != nil {
		return Token{}, fmt.Errorf("read token: %w: %w", err, ErrToken)
	}
	if len(ts.Certificates) == 0 {
		return Token{}, fmt.Errorf("its certificate did not come along: %w", ErrToken)
	}
	if !ts.HashAlgorithm.Available() || ts.HashAlgorithm.Size() < sha256.Size {
		return Token{}, fmt.Errorf("it hashes with %v, which is not taken: %w", ts.HashAlgorithm, ErrToken)
	}
	h := ts.HashAlgorithm.New()
	h.Write(data)
	if subtle.ConstantTimeCompare(h.Sum(nil), ts.HashedMessage) != 1 {
		return Token{}, fmt.Errorf("it is about other bytes: %w", ErrToken)
	}
	p7, err := pkcs7.Parse(der)
	if err != nil {
		return Token{}, fmt.Errorf("read token: %w: %w", err, ErrToken)
	}
	signer := p7.GetOnlySigner()
	if signer == nil {
		return Token{}, fmt.Errorf("it has not one signer: %w", ErrToken)
	}
	if err := forTimeAlone(signer); err != nil {
		return Token{}, err
	}
	if err := boundTo(p7, signer); err != nil {
		return Token{}, err
	}
	return Token{
		DER: der, Time: ts.Time.UTC(), Accuracy: ts.Accuracy, Authority: signer.Subject.String(), Serial: ts.SerialNumber.String(), Policy: ts.Policy.String(),
		nonce: ts.Nonce, signer: signer, certs: ts.Certificates,
	}, nil
}

// refusePanic makes an error of a panic: the reader of BER beneath reads past the end of what was cut off, and an authority's
// bytes must not end the program.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("read token: %v: %w", p, ErrToken)
	}
}

var (
	oidExtendedKeyUsage     = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// forTimeAlone holds a certificate to RFC 3161 section 2.3: its one extended use is time stamping, and that is critical.
func forTimeAlone(c *x509.Certificate) error {
	alone := slices.Equal(c.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) && len(c.UnknownExtKeyUsage) == 0
	critical := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Critical && e.Id.Equal(oidExtendedKeyUsage) })
	if !alone || !critical {
		return fmt.Errorf("the certificate of %s is not for time stamps alone: %w", c.Subject, ErrToken)
	}
	return nil
}

// certID is ESSCertID (RFC 2634) or ESSCertIDv2 (RFC 5035), as far as it is needed.
type certID struct {
	Raw       asn1.RawContent
	Algorithm pkix.AlgorithmIdentifier `asn1:"optional"`
	Hash      []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}

type signingCertificate struct {
	Certs    []certID
	Policies asn1.RawValue `asn1:"optional"`
}

// boundTo checks that the signature names the certificate it was made with, in either form: else another certificate of the
// same key could be put in its place.
func boundTo(p7 *pkcs7.PKCS7, c *x509.Certificate) error {
	var v2, v1 signingCertificate
	if p7.UnmarshalSignedAttribute(oidSigningCertificateV2, &v2) == nil && len(v2.Certs) > 0 {
		sum := sha256.Sum256(c.Raw)
		want := sum[:]
		if alg := v2.Certs[0].Algorithm.Algorithm; alg != nil && !alg.Equal(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}) {
			h, ok := hashOf(alg)
			if !ok {
				return fmt.Errorf("it names its certificate by an unknown hash %s: %w", alg, ErrToken)
			}
			d := h.New()
			d.Write(c.Raw)
			want = d.Sum(nil)
		}
		if bytes.Equal(v2.Certs[0].Hash, want) {
			return nil
		}
		return fmt.Errorf("it was signed with another certificate than the one it names: %w", ErrToken)
	}
	if p7.UnmarshalSignedAttribute(oidSigningCertificate, &v1) == nil && len(v1.Certs) > 0 {
		if sum := sha1.Sum(c.Raw); bytes.Equal(v1.Certs[0].Hash, sum[:]) {
			return nil
		}
		return fmt.Errorf("it was signed with another certificate than the one it names: %w", ErrToken)
	}
	return fmt.Errorf("it does not name its certificate: %w", ErrToken)
}

func hashOf(oid asn1.ObjectIdentifier) (crypto.Hash, bool) {
	switch oid.String() {
	case "2.16.840.1.101.3.4.2.2":
		return crypto.SHA384, true
	case "2.16.840.1.101.3.4.2.3":
		return crypto.SHA512, true
	}
	return 0, false
}

// Chain returns the certificates from the authority's to one of roots, as they held at the token's time. The error wraps
// ErrUnknown when they lead nowhere. Revocation is not asked for: that needs a network.
func (t Token) Chain(roots *x509.CertPool) ([]*x509.Certificate, error) {
	between := x509.NewCertPool()
	for _, c := range t.certs {
		between.AddCert(c)
	}
	chains, err := t.signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: t.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", t.Authority, err, ErrUnknown)
	}
	return chains[0], nil
}

// EncodeChain writes certificates as PEM.
func EncodeChain(chain []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range chain {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // a Buffer takes everything
	}
	return b.Bytes()
}

// Roots reads certificates in PEM as roots. The error wraps ErrToken when there are none.
func Roots(pemBytes []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pemBytes) {
		return nil, fmt.Errorf("no certificate in PEM form: %w", ErrToken)
	}
	return pool, nil
}

// Last returns the last certificate of a chain in PEM: where it ends.
func Last(pemBytes []byte) (*x509.Certificate, error) {
	list, err := certificates(pemBytes)
	if err != nil {
		return nil, err
	}
	return list[len(list)-1], nil
}

func certificates(pemBytes []byte) (list []*x509.Certificate, err error) {
	for b, rest := pem.Decode(pemBytes); b != nil; b, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read chain: %w: %w", err, ErrToken)
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no certificate in PEM form: %w", ErrToken)
	}
	return list, nil
}

// CheckChain holds a token to a chain in PEM that was kept with it: from the authority's certificate to the root, which comes last, as
// they held at the token's time. Whether that root is to be trusted is for the reader to say.
func (t Token) CheckChain(pemBytes []byte) error {
	list, err := certificates(pemBytes)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AddCert(list[len(list)-1])
	t.certs = append(slices.Clone(t.certs), list[:len(list)-1]...)
	_, err = t.Chain(roots)
	return err
}
