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
	"beleg/internal/desk"
)

type userCmd struct {
	Invite      userInviteCmd   `cmd:"" help:"${help_user_invite}"`
	Add         userAddCmd      `cmd:"" help:"${help_user_add}"`
	List        userListCmd     `cmd:"" help:"${help_user_list}"`
	Role        userRoleCmd     `cmd:"" help:"${help_user_role}"`
	Password    userPasswordCmd `cmd:"" help:"${help_user_password}"`
	Reset       userResetCmd    `cmd:"" help:"${help_user_reset}"`
	EndSessions userEndCmd      `cmd:"" help:"${help_user_end}"`
	Suspend     userSuspendCmd  `cmd:"" help:"${help_user_suspend}"`
	LetIn       userLetInCmd    `cmd:"" help:"${help_user_letin}"`
	History     userHistoryCmd  `cmd:"" help:"${help_user_history}"`
}

// changer is who changes an account.
type changer struct {
	Actor string `help:"${help_user_by}" env:"BELEG_ACTOR" placeholder:"NAME"`
}

// change opens the accounts for one change by a person.
func (c changer) change(ctx context.Context, a *app, do func(*accounts.Book) error) error {
	actor, err := person(c).name(a)
	if err != nil {
		return err
	}
	return a.withAccounts(ctx, func(b *accounts.Book) error { return do(b.As(actor)) })
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
	changer
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
	return c.change(ctx, a, func(b *accounts.Book) error {
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
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, a.Maybe("role.", p.Role.String()), a.accountState(p), a.caseRoles(p))
		}
		return w.Flush()
	})
}

// accountState says why somebody cannot sign in; "" when the person can.
func (a *app) accountState(p accounts.Person) string {
	switch {
	case p.Suspended:
		return a.Say("user.state.suspended")
	case p.NoPassword:
		return a.Say("user.state.invited")
	}
	return ""
}

// caseRoles lists the roles in single cases.
func (a *app) caseRoles(p accounts.Person) string {
	var list []string
	for _, id := range p.CaseIDs() {
		list = append(list, id+": "+a.Maybe("role.", p.Cases[id].String()))
	}
	return strings.Join(list, ", ")
}

type userRoleCmd struct {
	changer
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
	return c.change(ctx, a, func(b *accounts.Book) error { return b.SetRole(ctx, c.Name, c.Case, role) })
}

type userPasswordCmd struct {
	changer
	Name string `arg:"" help:"${help_user_name}"`
}

// Run sets a new password; the sessions of the account end.
func (c *userPasswordCmd) Run(ctx context.Context, a *app) error {
	password, err := a.password()
	if err != nil {
		return err
	}
	return c.change(ctx, a, func(b *accounts.Book) error { return b.SetPassword(ctx, c.Name, password) })
}

type userEndCmd struct {
	changer
	Name string `arg:"" help:"${help_user_name}"`
}

// Run ends all sessions of an account.
func (c *userEndCmd) Run(ctx context.Context, a *app) error {
	return c.change(ctx, a, func(b *accounts.Book) error {
		n, err := b.EndSessions(ctx, c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, a.Count("user.ended", int(n)))
		return err
	})
}

// A linkTo says at which desk the link of an invitation is opened.
type linkTo struct {
	Origin string `help:"${help_user_origin}" default:"http://127.0.0.1:8484" placeholder:"URL"`
}

func (l linkTo) link(token string) string {
	return strings.TrimRight(l.Origin, "/") + "/invite?token=" + token
}

type userInviteCmd struct {
	changer
	linkTo
	Name string `arg:"" help:"${help_user_name}"`
	Role string `help:"${help_user_roles}" enum:"reader,reporter,editor,admin" default:"reporter" placeholder:"ROLE"`
}

// Run makes an account without a password and prints the link that sets one.
func (c *userInviteCmd) Run(ctx context.Context, a *app) error {
	role, err := accounts.ParseRole(c.Role)
	if err != nil {
		return usageError{err.Error()}
	}
	return c.change(ctx, a, func(b *accounts.Book) error {
		token, err := b.Invite(ctx, c.Name, role)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, c.link(token))
		return err
	})
}

type userResetCmd struct {
	changer
	linkTo
	Name string `arg:"" help:"${help_user_name}"`
}

// Run takes a password away and prints the link that sets the next.
func (c *userResetCmd) Run(ctx context.Context, a *app) error {
	return c.change(ctx, a, func(b *accounts.Book) error {
		token, err := b.ResetPassword(ctx, c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.out, c.link(token))
		return err
	})
}

type userSuspendCmd struct {
	changer
	Name string `arg:"" help:"${help_user_name}"`
}

// Run shuts an account out.
func (c *userSuspendCmd) Run(ctx context.Context, a *app) error {
	return c.change(ctx, a, func(b *accounts.Book) error { return b.Suspend(ctx, c.Name, true) })
}

type userLetInCmd struct {
	changer
	Name string `arg:"" help:"${help_user_name}"`
}

// Run lets a suspended account in again.
func (c *userLetInCmd) Run(ctx context.Context, a *app) error {
	return c.change(ctx, a, func(b *accounts.Book) error { return b.Suspend(ctx, c.Name, false) })
}

type userHistoryCmd struct {
	JSON bool `name:"json" help:"${help_json}"`
}

// mostChanges is how many changes of accounts are listed.
const mostChanges = 10_000

// Run lists what was changed about accounts.
func (c *userHistoryCmd) Run(ctx context.Context, a *app) error {
	return a.withAccounts(ctx, func(b *accounts.Book) error {
		list, err := b.History(ctx, "", mostChanges)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		for _, x := range list {
			if c.JSON {
				if err := a.json(x); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", x.At, printable(x.Actor), printable(desk.ChangeWords(a.Words, x)))
		}
		return w.Flush()
	})
}
