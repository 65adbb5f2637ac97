package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestHeadersOfEveryAnswer(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	for _, path := range []string{"/", "/items", "/no/such/page", "/api/items", "/api/nothing", "/static/desk.js", "/items/" + o.item("article.html") + "/original"} {
		h := anna.do("GET", path, "", nil).header
		policyHere := policy
		if strings.HasSuffix(path, "/original") {
			policyHere = sandbox
		}
		for name, want := range map[string]string{"Content-Security-Policy": policyHere, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestOriginalsLeaveOnlyAsAttachments(t *testing.T) {
	o := anOffice(t, nil)
	got := o.anna().do("GET", "/items/"+o.item("article.html")+"/original", "", nil)
	if got.status != http.StatusOK || got.body != article {
		t.Errorf("original = %d, %d bytes, want the %d that were taken in", got.status, len(got.body), len(article))
	}
	if d := got.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("Content-Disposition = %q, want an attachment", d)
	}
	if c := got.header.Get("Content-Type"); c != "application/octet-stream" {
		t.Errorf("Content-Type = %q, want application/octet-stream", c)
	}
}

func TestAttachmentNames(t *testing.T) {
	for name, want := range map[string]string{
		"a.mp4": "attachment; filename=a.mp4", "": "attachment; filename=id", "..": "attachment; filename=id", "a/b": "attachment; filename=id",
		"a\r\nX: y": "attachment; filename=id", `a"b`: `attachment; filename="a\"b"`, "ä.mp4": "attachment; filename*=utf-8''%C3%A4.mp4",
	} {
		if got := attachment(name, "id"); got != want {
			t.Errorf("attachment(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestRequestsFromElsewhere(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	body := `{"on":"source/un","do":"note","with":{"text":"x"}}`
	tests := []struct {
		name   string
		method string
		header map[string]string
		want   int
	}{
		{"rebound name", "GET", map[string]string{"Host": "evil.example"}, http.StatusMisdirectedRequest},
		{"rebound name with our port", "GET", map[string]string{"Host": "evil.example:" + o.options.Hosts[0][strings.LastIndexByte(o.options.Hosts[0], ':')+1:]}, http.StatusMisdirectedRequest},
		{"another site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Content-Type": "application/json"}, http.StatusForbidden},
		{"another origin", "POST", map[string]string{"Origin": "https://evil.example", "Content-Type": "application/json"}, http.StatusForbidden},
		{"a form of another site", "POST", map[string]string{"Content-Type": "text/plain"}, http.StatusUnsupportedMediaType},
		{"our own page", "POST", map[string]string{"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}, http.StatusCreated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := "/api/decisions"
			if tt.method == "GET" {
				path = "/"
			}
			if got := anna.do(tt.method, path, body, tt.header); got.status != tt.want {
				t.Errorf("= %d %s, want %d", got.status, got.body, tt.want)
			}
		})
	}
}

func TestNobodyEntersWithoutTheSecret(t *testing.T) {
	o := anOffice(t, nil)
	for _, path := range []string{"/enter", "/enter?token=", "/enter?token=guess"} {
		if got := o.stranger().do("GET", path, "", nil); got.status != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s = %d with cookie %q, want %d and none", path, got.status, got.header.Get("Set-Cookie"), http.StatusForbidden)
		}
	}
	if got := o.stranger().do("POST", "/sign-in", "name=anna&password=", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}); got.status == http.StatusSeeOther {
		t.Errorf("the local person signs in with a password")
	}
	got := o.stranger().do("GET", "/enter?token=let-me-in", "", nil)
	c := got.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(c, part) {
			t.Errorf("cookie %q lacks %s", c, part)
		}
	}
}

func TestPathsThatLeadElsewhere(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	for r := range rune(0x20) { // what browsers leave out of an address
		for _, back := range []string{"/" + string(r) + "/evil.example", string(r) + "//evil.example", "/" + string(r) + "\\evil.example"} {
			path := "/language/de?back=" + url.QueryEscape(back)
			if got := anna.do("GET", path, "", nil); got.header.Get("Location") != "/" {
				t.Errorf("%s leads to %q, want /", path, got.header.Get("Location"))
			}
		}
	}
	for _, back := range []string{"//evil.example", "/%2F/evil.example", "/\u200b/evil.example", "/\u2028/evil.example", "javascript:alert(1)", "evil.example", ""} {
		if got := anna.do("GET", "/language/de?back="+url.QueryEscape(back), "", nil); got.header.Get("Location") != "/" {
			t.Errorf("back to %q leads to %q, want /", back, got.header.Get("Location"))
		}
	}
	if got := anna.do("GET", "/language/de?back="+url.QueryEscape("/search?q=a+b&x=%C3%A4"), "", nil); got.header.Get("Location") != "/search?q=a+b&x=%C3%A4" {
		t.Errorf("back to a page of the desk leads to %q", got.header.Get("Location"))
	}
	for _, path := range []string{"/static/..%2Fdesk.go", "/static/%2e%2e%2fdesk.go", "/items/..%2F..%2Fbeleg.db/original", "/items/%00/original", "/static/", "/items/abc/original",
		"/language/de?back=//evil.example", "/language/de?back=https://evil.example", `/language/de?back=/\evil.example`} {
		got := anna.do("GET", path, "", nil)
		if strings.HasPrefix(path, "/language") {
			if l := got.header.Get("Location"); l != "/" {
				t.Errorf("%s leads to %q, want /", path, l)
			}
		} else if got.status != http.StatusNotFound && got.status != http.StatusBadRequest {
			t.Errorf("%s = %d, want not found", path, got.status)
		}
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	o := anOffice(t, nil)
	got := o.anna().do("POST", "/api/decisions", `{"on":"`+strings.Repeat("x", smallBody)+`"}`, map[string]string{"Content-Type": "application/json"})
	if got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("large body = %d %s, want %d", got.status, got.body[:min(len(got.body), 200)], http.StatusRequestEntityTooLarge)
	}
}
