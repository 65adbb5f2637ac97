package accounts

import (
	"fmt"
	"maps"
	"slices"
)

// A Role says what a person may do; each may do all that the one before may.
type Role int

// The roles. On the desk as a whole they govern items, claims, reuses and sources; in a case, that case.
const (
	None     Role = iota
	Reader        // looks
	Reporter      // takes in, decides, files evidence, writes notes
	Editor        // signs and seconds verdicts, seals
	Admin         // everything in every case, and the accounts
)

var roleNames = []string{"none", "reader", "reporter", "editor", "admin"}

func (r Role) String() string { return roleNames[r] }

// ParseRole reads the name of a role.
func ParseRole(s string) (Role, error) {
	for i, name := range roleNames {
		if s == name {
			return Role(i), nil
		}
	}
	return None, fmt.Errorf("accounts: %q is no role: none, reader, reporter, editor or admin", s)
}

// MarshalText writes the name of r.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name of a role.
func (r *Role) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRole(string(b))
	return err
}

// A Person is somebody with an account.
type Person struct {
	Name  string          `json:"name"`
	Role  Role            `json:"role"`            // on the desk as a whole
	Cases map[string]Role `json:"cases,omitempty"` // by id of the case

	Suspended  bool `json:"suspended,omitempty"`   // gets in no more, until somebody lets the person in again
	NoPassword bool `json:"no_password,omitempty"` // cannot sign in: was invited, or works alone by a printed link
}

// In returns the role of p in a case; "" is the desk as a whole.
func (p Person) In(caseID string) Role {
	if caseID == "" || p.Role == Admin {
		return p.Role
	}
	if p.Role == None {
		return None
	}
	return p.Cases[caseID]
}

// CaseIDs lists the cases in which p has a role of its own, sorted.
func (p Person) CaseIDs() []string { return slices.Sorted(maps.Keys(p.Cases)) }
