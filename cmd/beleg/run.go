package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"beleg/internal/words"
	"beleg/video"
)

// Exit statuses.
const (
	done    = 0
	wanting = 1 // what was asked for failed or was found wanting
	misused = 2 // wrong usage
)

// errWanting ends a command with status 1 after it has said itself what is wrong.
var errWanting = errors.New("found wanting")

// An app is what every command works with.
type app struct {
	options
	words.Words
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	clock    func() time.Time // nil: the system's
	parser   *kong.Kong
}

// run is the whole program: it reads args, does what they ask and returns the exit
// status.
func run(args []string, in io.Reader, out, err io.Writer) int {
	if len(args) > 0 && args[0] == confineCommand {
		return video.ConfineMain(args[1:]) // before anything else: every decoded file pays for what stands above
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)                   // a second Ctrl-C ends the program at once
	slog.SetDefault(slog.New(slog.DiscardHandler)) // libraries' lines are not for a user's terminal; errors say what matters
	a := &app{in: in, out: out, err: err, env: os.Getenv}
	return a.run(ctx, args)
}

func (a *app) run(ctx context.Context, args []string) int {
	a.Words = words.In(words.Choose(langFlag(args), a.env))
	var c cli
	parser, err := a.newParser(&c)
	if err != nil {
		panic("beleg: command line definition: " + err.Error())
	}
	a.parser = parser
	status, ended := done, false
	parser.Exit = func(code int) { status, ended = code, true } // --help printed what was asked for
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if ended {
		return status
	}
	if err != nil {
		fmt.Fprintf(a.err, "beleg: %s\n%s\n", a.argument(err), a.Say("usage.hint"))
		return misused
	}
	a.options = c.options
	a.limitMemory()
	parsed.BindTo(ctx, (*context.Context)(nil))
	return a.status(parsed.Run())
}

// limitMemory makes the collector run more often rather than let garbage take more than was allowed for the index and
// the pictures of a file together, and something for all else. Whoever sets GOMEMLIMIT knows better.
func (a *app) limitMemory() {
	const least, other = 192, 64 // MiB
	if a.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit((max(2*a.Memory, least) + other) << 20)
	}
}

// status says what went wrong and returns the exit status for it.
func (a *app) status(err error) int {
	switch {
	case err == nil:
		return done
	case errors.Is(err, errWanting):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(a.err, "beleg: "+a.Say("error.stopped"))
	default:
		fmt.Fprintln(a.err, "beleg: "+a.explain(err))
	}
	var u usageError
	if errors.As(err, &u) {
		return misused
	}
	return wanting
}

// A usageError is a request that cannot be meant.
type usageError struct{ text string }

func (u usageError) Error() string { return u.text }

// warn says something to the person at the terminal that is no result.
func (a *app) warn(key string, args ...any) {
	fmt.Fprintln(a.err, "beleg: "+a.Say(key, args...))
}
