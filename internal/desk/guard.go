package desk

import (
	"cmp"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// policy is the Content-Security-Policy of every page: nothing is loaded from elsewhere, nothing inline runs.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// sandbox is that of originals: an opaque origin in which nothing runs.
const sandbox = "sandbox; default-src 'none'"

// guard is what every request passes first.
func (d *Desk) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.refuse(w, r, http.StatusForbidden, "error.origin")
	}))
	next = origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if d.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !slices.Contains(d.Hosts, strings.ToLower(r.Host)) {
			// A name that leads here by rebinding must not learn anything, not even that this is Beleg.
			http.Error(w, "misdirected request", http.StatusMisdirectedRequest)
			return
		}
		if !d.limitOf("address "+address(r), rate.Limit(cmp.Or(d.Rate, addressRate)), int(cmp.Or(d.Rate, addressRate)*6)).Allow() {
			h.Set("Retry-After", "5")
			d.refuse(w, r, http.StatusTooManyRequests, "error.rate")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Rates. A page of a hundred pictures is a hundred requests at once; a person who holds down a key in the player sends none. Signing
// in costs the server a tenth of a second each.
const (
	addressRate             = 100.0 // six seconds of it at once
	signInRate, signInBurst = rate.Limit(0.2), 6
	fetchRate, fetchBurst   = rate.Limit(0.5), 10
)

// address is who is at the other end of the connection. Headers of proxies are not believed. Of an IPv6 address it is the network of
// 64 bits: whoever has one address of such a network has all of them.
func address(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := at.Addr().Unmap()
	if ip.Is6() {
		if net, err := ip.Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip.String()
}

// maxLimits is how many limits are kept. Beyond it those go that were asked for longest ago.
const maxLimits = 10_000

// limitOf returns the limit of whoever key names.
func (d *Desk) limitOf(key string, every rate.Limit, burst int) *rate.Limiter {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	l := d.limits[key]
	if l == nil {
		if len(d.limits) >= maxLimits {
			d.forgetLimits()
		}
		l = &limit{Limiter: rate.NewLimiter(every, burst)}
		d.limits[key] = l
	}
	l.seen = now
	return l.Limiter
}

// forgetLimits drops the older half of the limits. The caller holds mu.
func (d *Desk) forgetLimits() {
	seen := make([]time.Time, 0, len(d.limits))
	for _, l := range d.limits {
		seen = append(seen, l.seen)
	}
	slices.SortFunc(seen, time.Time.Compare)
	middle := seen[len(seen)/2]
	for k, l := range d.limits {
		if !l.seen.After(middle) {
			delete(d.limits, k)
		}
	}
}
