package desk

import (
	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// caseRoutes are those of the claim desk and the cases.
func caseRoutes() []route {
	return []route{
		{method: "GET", path: "/claims", in: onDesk, need: accounts.Reader, serve: (*Desk).textsPage},
		{method: "GET", path: "/texts/{item}", in: onDesk, need: accounts.Reader, serve: (*Desk).textPage},
		{method: "GET", path: "/api/texts", in: onDesk, need: accounts.Reader, serve: (*Desk).apiTexts,
			does: "list texts with claims, those with most to decide first", gives: []textRow{}},
		{method: "GET", path: "/api/texts/{item}", in: onDesk, need: accounts.Reader, serve: (*Desk).apiText,
			does: "a text with its claims; offsets are bytes of the text", gives: textView{}},
		{method: "GET", path: "/cases", in: onDesk, need: accounts.Reader, serve: (*Desk).casesPage},
		{method: "GET", path: "/cases/{case}", in: inCase, need: accounts.Reader, serve: (*Desk).casePage},
		{method: "GET", path: "/cases/{case}/verdict", in: inCase, need: accounts.Reader, serve: (*Desk).verdictPage},
		{method: "GET", path: "/sources", in: onDesk, need: accounts.Reader, serve: (*Desk).sourcesPage},
		{method: "GET", path: "/api/cases", in: onDesk, need: accounts.Reader, serve: (*Desk).apiCases,
			does: "list the cases that one may see, the last changed first", gives: []casefile.Case{}},
		{method: "GET", path: "/api/cases/{case}", in: inCase, need: accounts.Reader, serve: (*Desk).apiCase,
			does: "a case with its claims, evidence, suggested contradictions, figures and verdicts", gives: caseView{}},
		{method: "POST", path: "/api/cases/{case}/here", in: inCase, need: accounts.Reader, serve: (*Desk).apiHere,
			does: "say that one looks at a case; answers who else does now", gives: presence{}},
		{method: "DELETE", path: "/api/cases/{case}/here", in: inCase, need: accounts.Reader, serve: (*Desk).apiLeave,
			does: "say that one looks at a case no more", gives: presence{}},
		{method: "GET", path: "/api/sources", in: onDesk, need: accounts.Reader, serve: (*Desk).apiSources,
			does: "sources with their reliability, those with most claims first", gives: []sourceView{}},
	}
}
