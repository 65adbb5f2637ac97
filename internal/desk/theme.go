package desk

import (
	"net/http"
	"slices"
	"time"
)

// themes are what a person can choose: as the system has it, light, dark.
var themes = []string{"system", "light", "dark"}

const themeCookie = "beleg_theme"

// themeOf is the choice that the browser remembers: light or dark, or "" for as the system has it. The page is made with
// it, so that nothing flashes and no script is needed.
func themeOf(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && c.Value != "system" && slices.Contains(themes, c.Value) {
		return c.Value
	}
	return ""
}

func (d *Desk) theme(q *request) error {
	theme := q.PathValue("theme")
	if !slices.Contains(themes, theme) {
		return errNotFound
	}
	http.SetCookie(q.w, &http.Cookie{Name: themeCookie, Value: theme, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode, Secure: d.Secure, HttpOnly: true})
	http.Redirect(q.w, q.Request, localPath(q.URL.Query().Get("back")), http.StatusSeeOther)
	return nil
}
