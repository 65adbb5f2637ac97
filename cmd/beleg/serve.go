package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"beleg/internal/accounts"
	"beleg/internal/casework"
	"beleg/internal/desk"
	"beleg/internal/intake"
)

type serveCmd struct {
	person
	Listen   string `help:"${help_listen}" default:"127.0.0.1:8484" placeholder:"HOST:PORT"`
	Open     bool   `help:"${help_open}"`
	Team     bool   `help:"${help_team}"`
	Origin   string `help:"${help_origin}" placeholder:"URL"`
	Exposure int    `help:"${help_exposure}" placeholder:"N"`
}

// accountsFile lies in the data folder, apart from the catalogue: it is not made from the log.
const accountsFile = "accounts.db"

// Run opens the desk and serves it until it is stopped.
func (c *serveCmd) Run(ctx context.Context, a *app) (err error) {
	listener, origin, err := c.listen(a)
	if err != nil {
		return err
	}
	defer listener.Close()
	folder, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	o, closeAll, err := c.options(ctx, a, folder, origin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	d, err := desk.New(ctx, o)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := c.tell(ctx, a, o, origin); err != nil {
		return err
	}
	return a.serve(ctx, listener, d)
}

// listen takes the port, before anything else is opened, and returns the address that browsers use.
func (c *serveCmd) listen(a *app) (net.Listener, *url.URL, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, nil, usageError{a.Say("error.listen", c.Listen)}
	}
	if ip := net.ParseIP(host); !c.Team && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, nil, usageError{a.Say("error.loopback", c.Listen)}
	}
	origin := &url.URL{}
	if c.Origin != "" {
		if origin, err = url.Parse(c.Origin); err != nil || origin.Host == "" || (origin.Scheme != "http" && origin.Scheme != "https") {
			return nil, nil, usageError{a.Say("error.originurl", c.Origin)}
		}
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, nil, err
	}
	if c.Origin == "" {
		_, port, _ := net.SplitHostPort(l.Addr().String()) // that of the system when 0 was asked for
		origin = &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	}
	return l, &url.URL{Scheme: origin.Scheme, Host: strings.ToLower(origin.Host)}, nil
}

func (c *serveCmd) options(ctx context.Context, a *app, folder *intake.Folder, origin *url.URL) (desk.Options, func() error, error) {
	now := a.clock
	if now == nil {
		now = time.Now
	}
	tools, missing := a.locate(ctx)
	if missing != nil {
		a.warn("serve.noffmpeg")
	}
	book, err := casework.Open(ctx, folder)
	if err != nil {
		return desk.Options{}, nil, err
	}
	people, err := accounts.Open(ctx, filepath.Join(folder.Dir, accountsFile), now)
	if err != nil {
		return desk.Options{}, nil, err
	}
	closeAll := func() error {
		if tools != nil {
			tools.Close()
		}
		return people.Close()
	}
	engine := intake.NewEngine(folder, tools)
	engine.SetMemory(a.Memory << 20)
	o := desk.Options{Book: book, Engine: engine, Accounts: people, Hosts: hosts(origin), Secure: origin.Scheme == "https", Lang: a.Words.Lang(),
		Program: thisBuild().String(), Fetcher: desk.NewFetcher(), Log: slog.New(slog.NewTextHandler(a.err, nil)), Now: now, Exposure: c.Exposure}
	if c.Team {
		o.Rate = 2000 // the team may have one address, that of a proxy
		if _, err := people.EndLinkSessions(ctx); err != nil {
			return o, nil, errors.Join(err, closeAll())
		}
	} else {
		if o.Local, err = c.name(a); err != nil {
			return o, nil, errors.Join(err, closeAll())
		}
		if err := people.Local(ctx, o.Local); err != nil {
			return o, nil, errors.Join(err, closeAll())
		}
		o.Token = rand.Text()
	}
	return o, closeAll, nil
}

// hosts are what a browser may say that it asks for. On this machine that is any name of it.
func hosts(origin *url.URL) []string {
	list := []string{origin.Host}
	if ip := net.ParseIP(origin.Hostname()); origin.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		for _, name := range []string{"127.0.0.1", "localhost", "::1"} {
			list = append(list, net.JoinHostPort(name, origin.Port()))
		}
	}
	return list
}

// tell prints where the desk is, and opens it when asked. To a team in which nobody could sign in it gives a link that sets the
// password of an administrator.
func (c *serveCmd) tell(ctx context.Context, a *app, o desk.Options, origin *url.URL) error {
	at := origin.String() + "/"
	if o.Token != "" {
		at += "enter?token=" + o.Token
		fmt.Fprintln(a.out, a.Say("serve.enter", at))
	} else {
		fmt.Fprintln(a.out, a.Say("serve.team", at))
		name, token, err := c.first(ctx, a, o.Accounts)
		if err != nil {
			return err
		}
		if token != "" {
			at += "invite?token=" + token
			fmt.Fprintln(a.out, a.Say("serve.first", name, at))
		}
	}
	if c.Open {
		if err := openBrowser(at); err != nil {
			fmt.Fprintln(a.err, "beleg: "+a.explain(err))
		}
	}
	return nil
}

// first gives an administrator a link when none has a password: the person of this machine, or one who is an administrator already.
func (c *serveCmd) first(ctx context.Context, a *app, b *accounts.Book) (name, token string, err error) {
	if name, err = c.name(a); err != nil {
		return "", "", err
	}
	people, err := b.People(ctx)
	if err != nil {
		return "", "", err
	}
	known := ""
	for _, p := range people {
		switch {
		case p.Role != accounts.Admin || p.Suspended:
		case !p.NoPassword:
			return "", "", nil
		case known == "" || p.Name == name:
			known = p.Name
		}
	}
	if known != "" {
		token, err = b.As(name).ResetPassword(ctx, known)
		return known, token, err
	}
	token, err = b.As(name).Invite(ctx, name, accounts.Admin)
	return name, token, err
}

// openBrowser asks the system to show an address.
func openBrowser(at string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", at).Start()
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", at).Start()
	}
	return exec.Command("xdg-open", at).Start()
}

// serve answers until ctx ends, and then lets the requests finish that are being answered.
func (a *app) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(a.err, nil), slog.LevelWarn)}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	a.warn("serve.closing")
	late, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	if err := s.Shutdown(late); err != nil {
		s.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
