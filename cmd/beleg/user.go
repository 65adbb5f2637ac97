package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"beleg/internal/accounts"
)

type userCmd struct {
	Add         userAddCmd      `cmd:"" help:"${help_user_add}"`
	List        userListCmd     `cmd:"" help:"${help_user_list}"`
	Role        userRoleCmd     `cmd:"" help:"${help_user_role}"`
	Password    userPasswordCmd `cmd:"" help:"${help_user_password}"`
	EndSessions userEndCmd      `cmd:"" help:"${help_user_end}"`
}

// accounts opens the accounts of the data folder.
func (a *app) accounts(ctx context.Context) (*accounts.Book, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	now := a.clock
	if now == nil {
		now = time.Now
	}
	return accounts.Open(ctx, filepath.Join(dir, accountsFile), now)
}

// withAccounts opens the accounts for one command.
func (a *app) withAccounts(ctx context.Context, do func(*accounts.Book) error) error {
	b, err := a.accounts(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(b), b.Close())
}

// password asks for a password without showing it, or reads a line where nobody is at a terminal.
func (a *app) password() (string, error) {
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.err, a.Say("user.password"))
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.err)
		return string(b), err
	}
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type userAddCmd struct {
	Name string `arg:"" help:"${help_user_name}"`
	Role string `help:"${help_user_roles}" enum:"reader,reporter,editor,admin" default:"reporter" placeholder:"ROLE"`
}

// Run makes an account.
func (c *userAddCmd) Run(ctx context.Context, a *app) error {
	role, err := accounts.ParseRole(c.Role)
	if err != nil {
		return usageError{err.Error()}
	}
	password, err := a.password()
	if err != nil {
		return err
	}
	return a.withAccounts(ctx, func(b *accounts.Book) error {
		if err := b.Add(ctx, c.Name, password, role); err != nil {
			return err
		}
		_, err := fmt.Fprintln(a.out, a.Say("user.added", c.Name, a.Maybe("role.", c.Role)))
		return err
	})
}

type userListCmd struct {
	JSON bool `name:"json" help:"${help_json}"`
}

// Run lists the accounts.
func (c *userListCmd) Run(ctx context.Context, a *app) error {
	return a.withAccounts(ctx, func(b *accounts.Book) error {
		list, err := b.People(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		for _, p := range list {
			if c.JSON {
				if err := a.json(p); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", p.Name, a.Maybe("role.", p.Role.String()), caseRoles(p))
		}
		return w.Flush()
	})
}

// caseRoles lists the roles in single cases.
func caseRoles(p accounts.Person) string {
	var list []string
	for _, id := range p.CaseIDs() {
		list = append(list, id+": "+p.Cases[id].String())
	}
	return strings.Join(list, ", ")
}

type userRoleCmd struct {
	Name string `arg:"" help:"${help_user_name}"`
	Role string `arg:"" enum:"none,reader,reporter,editor,admin" help:"${help_user_roles}"`
	Case string `help:"${help_user_case}" placeholder:"CASE"`
}

// Run gives a role.
func (c *userRoleCmd) Run(ctx context.Context, a *app) error {
	role, err := accounts.ParseRole(c.Role)
	if err != nil {
		return usageError{err.Error()}
	}
	if role == accounts.Admin && c.Case != "" {
		return usageError{a.Say("error.caseadmin")}
	}
	return a.withAccounts(ctx, func(b *accounts.Book) error { return b.SetRole(ctx, c.Name, c.Case, role) })
}

type userPasswordCmd struct {
	Name string `arg:"" help:"${help_user_name}"`
}

// Run sets a new password; the sessions of the account end.
func (c *userPasswordCmd) Run(ctx context.Context, a *app) error {
	password, err := a.password()
	if err != nil {
		return err
	}
	return a.withAccounts(ctx, func(b *accounts.Book) error { return b.SetPassword(ctx, c.Name, password) })
}

type userEndCmd struct {
	Name string `arg:"" help:"${help_user_name}"`
}

// Run ends all sessions of an account.
func (c *userEndCmd) Run(ctx context.Context, a *app) error {
	return a.withAccounts(ctx, func(b *accounts.Book) error {
		n, err := b.EndSessions(ctx, c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, a.Say("user.ended", n))
		return err
	})
}
