package reader

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// KeyVariable is the environment variable that the command takes the key from.
const KeyVariable = "BELEG_READER_KEY"

// Options says where and how to ask. Zero values take the defaults named.
type Options struct {
	URL        string        // base of the API, "http://127.0.0.1:11434/v1"; "/chat/completions" is added
	Model      string        // as the server names it
	Key        string        // sent as bearer token; never printed
	Timeout    time.Duration // of one request, 2 minutes
	Retries    int           // after the first request for a piece, 2; negative for none
	PieceBytes int           // of text in one request, 12,000
	MaxAnswer  int64         // bytes of one answer, 2 MiB

	// Wait waits between retries; nil waits by the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// Client asks one endpoint. It is safe for concurrent use.
type Client struct {
	endpoint   *url.URL
	model, key string
	retries    int
	pieceBytes int
	maxAnswer  int64
	wait       func(context.Context, time.Duration) error
	http       *http.Client
}

// New checks the options; it sends nothing.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%w: the endpoint must be an http address, as http://127.0.0.1:11434/v1", ErrConfig)
	}
	if u.User != nil || u.RawQuery != "" {
		return nil, fmt.Errorf("%w: put the key into %s, not into the address", ErrConfig, KeyVariable)
	}
	if o.Model == "" {
		return nil, fmt.Errorf("%w: name the model, as the server lists it", ErrConfig)
	}
	if o.Key != "" && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, fmt.Errorf("%w: a key would go over the network unencrypted; use https", ErrConfig)
	}
	c := &Client{
		endpoint: u.JoinPath("chat", "completions"), model: o.Model, key: o.Key,
		retries: o.Retries, pieceBytes: o.PieceBytes, maxAnswer: o.MaxAnswer, wait: o.Wait,
	}
	if c.retries == 0 {
		c.retries = 2
	}
	if c.pieceBytes <= 0 {
		c.pieceBytes = 12_000
	}
	if c.maxAnswer <= 0 {
		c.maxAnswer = 2 << 20
	}
	if c.wait == nil {
		c.wait = sleep
	}
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = 2 * time.Minute
	}
	c.http = &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: timeout, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Notice says what leaves the machine when a text of so many bytes is read; show it before Read.
func (c *Client) Notice(textBytes int) string {
	requests := (textBytes + c.pieceBytes - 1) / c.pieceBytes
	what := fmt.Sprintf("the text, %d bytes in at least %d requests, goes to %s (model %s); no file name, no address and no original goes with it", textBytes, requests, c.endpoint.Host, c.model)
	switch {
	case isLoopback(c.endpoint.Hostname()):
		return what + "; that is this machine"
	case c.endpoint.Scheme == "http":
		return what + "; unencrypted: whoever shares the network can read it"
	}
	return what + "; whoever runs that server can read and keep it"
}

// reply is what one piece of text brought.
type reply struct {
	claims   []json.RawMessage
	model    string
	requests int
}

// ask sends one piece, again after failures that may pass.
func (c *Client) ask(ctx context.Context, text string) (reply, error) {
	body, err := c.request(text)
	if err != nil {
		return reply{}, err
	}
	var r reply
	for attempt := 0; ; attempt++ {
		r.requests++
		content, model, err := c.post(ctx, body)
		if err == nil {
			r.model = model
			if r.claims, err = parseAnswer(content); err == nil {
				return r, nil
			}
		}
		var f failure
		again := !errors.As(err, &f) || f.passing
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if errors.Is(err, ErrRefused) {
			return r, err
		}
		if !again || attempt >= c.retries {
			return r, fmt.Errorf("%w from %s after %d requests: %w", ErrAnswer, c.endpoint.Host, r.requests, err)
		}
		if err := c.wait(ctx, f.pause(attempt)); err != nil {
			return r, err
		}
	}
}

// failure is an answer that is none; passing says whether asking again may help.
type failure struct {
	what    string
	passing bool
	after   time.Duration // the server's wish
}

func (f failure) Error() string { return f.what }

// maxPause is the longest wait before asking again, whatever the server wishes.
const maxPause = 30 * time.Second

func (f failure) pause(attempt int) time.Duration {
	return min(maxPause, max(f.after, time.Second<<min(attempt, 5)))
}

func (c *Client) post(ctx context.Context, body []byte) (content, model string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "beleg")
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return "", "", c.hideKey(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, c.maxAnswer+1))
	switch {
	case resp.StatusCode != http.StatusOK:
		return "", "", c.status(resp, answer)
	case err != nil:
		return "", "", failure{what: "the answer broke off: " + err.Error(), passing: true}
	case int64(len(answer)) > c.maxAnswer:
		return "", "", failure{what: fmt.Sprintf("the answer is longer than %d bytes", c.maxAnswer)}
	}
	return message(answer)
}

// hideKey keeps the key out of errors, should a transport ever print headers.
func (c *Client) hideKey(err error) error {
	text := err.Error()
	if c.key != "" {
		text = strings.ReplaceAll(text, c.key, "…")
	}
	return failure{what: text, passing: true}
}

// status turns an HTTP status into what to do about it.
func (c *Client) status(resp *http.Response, answer []byte) error {
	words := clip(strings.Join(strings.Fields(strings.ToValidUTF8(string(answer), "\uFFFD")), " "))
	if c.key != "" {
		words = strings.ReplaceAll(words, c.key, "…")
	}
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w: %s; set %s: %s", ErrRefused, resp.Status, KeyVariable, words)
	case code == http.StatusNotFound:
		return fmt.Errorf("%w: %s; check the address and the model's name: %s", ErrRefused, resp.Status, words)
	case code >= 300 && code < 400:
		return fmt.Errorf("%w: the server points elsewhere (%s); give that address if you trust it", ErrRefused, clip(resp.Header.Get("Location")))
	case code == http.StatusTooManyRequests || code >= 500:
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if err != nil || seconds < 0 || seconds > 3600 {
			seconds = 0
		}
		return failure{what: resp.Status + ": " + words, passing: true, after: time.Duration(seconds) * time.Second}
	}
	return failure{what: resp.Status + ": " + words}
}

// message takes the model's words out of the server's envelope, which may hold more than we need.
func message(answer []byte) (content, model string, err error) {
	var envelope struct {
		Model   string `json:"model"`
		Choices []struct {
			Message struct {
				Content string `json:"content"`
				Refusal string `json:"refusal"`
			} `json:"message"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return "", "", failure{what: "the server's answer is not JSON: " + err.Error(), passing: true}
	}
	if len(envelope.Choices) == 0 {
		return "", "", failure{what: "the server's answer holds no choice", passing: true}
	}
	choice := envelope.Choices[0]
	switch {
	case choice.FinishReason == "length":
		return "", "", failure{what: "the model's answer was cut off; give it more room or read smaller pieces"}
	case choice.Message.Refusal != "" || choice.FinishReason == "content_filter":
		return "", "", failure{what: "the model declined: " + clip(choice.Message.Refusal)}
	}
	return choice.Message.Content, clip(envelope.Model), nil
}
