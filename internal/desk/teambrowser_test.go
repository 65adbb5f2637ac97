package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// hand is how a person works a page: with the mouse or by the keyboard alone.
type hand struct {
	*window
	keyboard bool
}

// press works what a selector names: a click, or the focus brought there by the tab key and Enter.
func (h hand) press(selector string) {
	h.o.t.Helper()
	if !h.keyboard {
		h.do(chromedp.ScrollIntoView(selector), chromedp.Click(selector))
		return
	}
	h.focus(selector)
	if js[bool](h.window, `document.activeElement.matches("summary, a, button")`) {
		h.keys(kb.Enter)
	}
}

// focus brings the focus to what a selector names, with the tab key alone.
func (h hand) focus(selector string) {
	h.o.t.Helper()
	js[bool](h.window, `document.getElementById("main").focus(); true`)
	for range 200 {
		h.keys(kb.Tab)
		if js[bool](h.window, fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, selector)) {
			return
		}
	}
	h.shot("broken")
	h.o.t.Fatalf("the tab key does not lead to %s", selector)
}

// write types into a field.
func (h hand) write(selector, text string) {
	h.o.t.Helper()
	if h.keyboard {
		h.focus(selector)
	} else {
		h.do(chromedp.Click(selector))
	}
	h.do(chromedp.KeyEvent(text))
}

// choose picks a choice of a list by its first letters, as the keyboard does; with the mouse the list itself is the system's.
func (h hand) choose(selector, value string) {
	h.o.t.Helper()
	if h.keyboard {
		h.focus(selector)
		for range 12 {
			if js[string](h.window, fmt.Sprintf(`document.querySelector(%q).value`, selector)) == value {
				return
			}
			h.keys(kb.ArrowUp)
		}
		for range 12 {
			if js[string](h.window, fmt.Sprintf(`document.querySelector(%q).value`, selector)) == value {
				return
			}
			h.keys(kb.ArrowDown)
		}
		h.o.t.Fatalf("the arrow keys do not choose %q in %s", value, selector)
	}
	js[bool](h.window, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q; s.dispatchEvent(new Event("change", {bubbles: true})); return s.value === %q; })()`, selector, value, value))
}

// signIn signs a person in at the page for it.
func (h hand) signIn(name, password string) {
	h.o.t.Helper()
	h.open("/sign-in")
	h.write("input[name=name]", name)
	h.write("input[name=password]", password)
	h.press("form[action='/sign-in'] button")
	h.until("being signed in", `document.querySelector("header.bar") !== null`)
}

// A team from nothing, in the browser: an administrator invites a reporter, who sets a password, asks for a case, gets a role in one
// and sees that one only; an editor seconds what was signed; the other's window says so; signing out everywhere ends it all.
func TestBrowserTeam(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		for name, keyboard := range map[string]bool{"mouse": false, "keyboard": true} {
			t.Run(lang+" "+name, func(t *testing.T) {
				o, people := aTeam(t)
				title := "The other"
				if lang == "de" {
					title = "Der andere"
				}
				must(t, people["admin"].json("POST", "/api/decisions", map[string]any{"on": "case/other", "do": "set", "base": 1, "with": map[string]string{"title": title}}, nil))
				admin, ben := hand{o.aWindow(lang, 1280), keyboard}, hand{o.aWindow(lang, 1280), keyboard}
				admin.signIn("admin", "a long password")
				link := o.invites(admin, ben)
				o.asksAndSees(admin, ben, title)
				o.secondsAndIsTold(admin, ben)
				o.endsEverywhere(admin, ben, link)
				o.checkTeamLog(t)
			})
		}
	}
}

func must(t *testing.T, got answer) {
	t.Helper()
	if got.status != http.StatusCreated {
		t.Fatalf("= %d %s, want %d", got.status, got.body, http.StatusCreated)
	}
}

// invites lets the administrator invite ben, who comes in by the link.
func (o *office) invites(admin, ben hand) (link string) {
	admin.open("/team")
	admin.until("the forms to work", `document.readyState === "complete"`)
	admin.write("section [name=name]", "ben")
	admin.choose("form[data-then=link] select", "reporter")
	admin.press("form[data-then=link] button")
	admin.until("the link", `!document.getElementById("link").hidden`)
	admin.shot("team-link")
	link = js[string](admin.window, `document.getElementById("link-url").textContent`)
	path, ok := strings.CutPrefix(link, o.server.URL)
	if !ok || !strings.HasPrefix(path, "/invite?token=") {
		o.t.Fatalf("link = %q, want one of this desk", link)
	}
	ben.open(path)
	ben.until("the welcome", `document.querySelector("input[name=again]") !== null`)
	ben.accessible("invite")
	ben.shot("invite")
	ben.write("input[name=password]", "bens long password")
	ben.write("input[name=again]", "bens other password")
	ben.press("form[action='/invite'] button")
	ben.until("being told that they differ", `document.querySelector(".wrong") !== null`)
	ben.write("input[name=password]", "bens long password")
	ben.write("input[name=again]", "bens long password")
	ben.press("form[action='/invite'] button")
	ben.until("being in", `document.querySelector("header.bar .who")?.textContent === "ben"`)
	return path
}

// asksAndSees: ben sees no case and why, asks, is given one, and sees that one only.
func (o *office) asksAndSees(admin, ben hand, title string) {
	ben.open("/cases")
	ben.until("the way to ask", `document.querySelector("form[data-post='/api/account/access']") !== null`)
	if text := js[string](ben.window, "document.body.innerText"); strings.Contains(text, title) {
		o.t.Errorf("ben sees a case in which he has no role:\n%s", text)
	}
	ben.accessible("cases without a role")
	ben.shot("cases-none")
	ben.write("form[data-post='/api/account/access'] input", "the other case")
	ben.press("form[data-post='/api/account/access'] button")
	ben.until("the request to be kept", `document.querySelector(".note")?.textContent.includes("the other case") ?? false`)
	admin.open("/team")
	admin.until("the request", `document.querySelector("#person-ben .note")?.textContent.includes("the other case") ?? false`)
	admin.press("#person-ben details summary")
	admin.until("more", `document.querySelector("#person-ben details").open`)
	admin.choose("#person-ben details select[name=case]", "other")
	admin.choose("#person-ben details select[name=role]", "editor")
	admin.accessible("team")
	admin.shot("team")
	admin.press("#person-ben details form button")
	admin.until("the role", fmt.Sprintf(`[...document.querySelectorAll("#person-ben .chip")].some((c) => c.textContent.startsWith(%q))`, title))
	ben.open("/cases")
	ben.until("the case", fmt.Sprintf(`document.getElementById("main").innerText.includes(%q)`, title))
	for path, want := range map[string]int{"/cases/other": 200, "/cases/own": 404} {
		if got := js[int](ben.window, fmt.Sprintf(`fetch(%q).then((r) => r.status)`, path)); got != want {
			o.t.Errorf("ben gets %s with %d, want %d", path, got, want)
		}
	}
}

// secondsAndIsTold: the administrator signs, ben seconds in his window, and the window of the administrator says so, with what is
// typed there kept.
func (o *office) secondsAndIsTold(admin, ben hand) {
	t := o.t
	on := casefile.On(casefile.OnCase, "other")
	p := o.member("admin")
	tv := p.claims().claim(t, "Das Staatsfernsehen zeigte")
	for _, s := range []struct {
		do   string
		with any
	}{{"file", map[string]any{"what": tv.On}}, {"sign", map[string]any{"claim": tv.On, "rating": "unproven", "standard": "clear and convincing", "searched": true, "summary": "Not shown."}}} {
		must(t.(*testing.T), p.json("POST", "/api/decisions", map[string]any{"on": on, "do": s.do, "base": o.book.Version(on), "with": s.with}, nil))
	}
	verdict := "/cases/other/verdict?claim=" + string(tv.On)
	admin.open(verdict)
	admin.until("the form", `document.querySelector("textarea[name=summary]") !== null`)
	admin.write("textarea[name=summary]", "half a thought")
	ben.open(verdict)
	ben.until("the button", `document.querySelector("button[data-do=second]") !== null`)
	ben.press("button[data-do=second]")
	ben.until("the second person", `document.querySelector("section.verdict.green") !== null`)
	admin.until("being told", `document.querySelector(".news")?.textContent.includes("ben") ?? false`)
	if got := js[string](admin.window, `document.querySelector("textarea[name=summary]").value`); got != "half a thought" {
		t.Errorf("what the administrator types is %q after ben's decision", got)
	}
	admin.accessible("news")
	admin.shot("news")
	admin.press(".news button")
	admin.until("the second person", `document.querySelector("section.verdict.green") !== null`)
	admin.until("what was typed", `document.querySelector("textarea[name=summary]").value === "half a thought"`)
}

// endsEverywhere: ben changes the password and is signed out everywhere; the link of the invitation is of no use any more.
func (o *office) endsEverywhere(admin, ben hand, link string) {
	ben.open("/account")
	ben.until("the form", `document.querySelector("[name=old]") !== null`)
	ben.accessible("account")
	ben.shot("account")
	ben.write("[name=old]", "bens long password")
	ben.write("[name=password]", "bens second password")
	ben.press("form[data-post='/api/account/password'] button")
	ben.until("being told", `document.getElementById("told").textContent !== ""`)
	ben.open("/account") // still in
	ben.until("still being in", `document.querySelector("[name=old]") !== null`)
	admin.open("/cases/other/people")
	admin.until("ben's role", `[...document.querySelectorAll(".list strong")].some((e) => e.textContent === "ben")`)
	admin.accessible("casepeople")
	admin.shot("casepeople")
	admin.open("/team")
	admin.until("the list", `document.querySelector("#person-ben details summary") !== null`)
	admin.press("#person-ben details summary")
	admin.until("more", `document.querySelector("#person-ben details").open`)
	admin.press("#person-ben form[data-do='sign out'] button")
	admin.until("no session", `document.querySelector("#person-ben form[data-do='sign out']") === null && document.readyState === "complete"`)
	ben.open("/cases")
	ben.at("/sign-in")
	if got := o.stranger().do("GET", link, "", nil); got.status != http.StatusForbidden {
		o.t.Errorf("the link of the invitation afterwards = %d, want %d", got.status, http.StatusForbidden)
	}
	ben.signIn("ben", "bens second password")
}

// checkTeamLog looks at what is left: the second person in the log, every change of accounts with its actor.
func (o *office) checkTeamLog(t *testing.T) {
	t.Helper()
	h := o.book.History(casefile.On(casefile.OnCase, "other"))
	if last := h[len(h)-1]; last.Do != casefile.Second || last.Actor != "ben" {
		t.Errorf("the last decision is %s by %s, want the second person, ben", last.Do, last.Actor)
	}
	changes, err := o.people.History(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"admin signed out everywhere", "ben new password", "admin role", "ben asked for access", "ben new password", "admin invited"}
	var got []string
	for _, c := range changes {
		if c.Name == "ben" {
			got = append(got, c.Actor+" "+c.What)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("history of ben's account:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	p, err := o.people.Person(t.Context(), "ben")
	if err != nil || p.In("other") != accounts.Editor || p.In("own") != accounts.None {
		t.Errorf("ben = %+v, %v, want an editor of the one case", p, err)
	}
}
