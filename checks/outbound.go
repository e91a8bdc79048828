package checks

import (
	"context"
	"net/http"
)

// Outbound sends requests to hosts that are no target: to providers that are asked about a token that was found. A check
// has one only where the user opted in. It bounds requests, bytes and time, speaks https alone, follows nothing, and
// remembers every answer, so that the same question costs one request.
type Outbound interface {
	// Announce tells the user what is about to be sent. Call it before Send.
	Announce(plan []Intent)
	// Send sends one request. The error is a *Problem that says nothing of the request but its host.
	Send(ctx context.Context, r OutboundRequest) (*OutboundResponse, error)
}

// Intent is what is about to be sent to one host.
type Intent struct {
	What  string // a singular noun: "GitHub personal access token"
	Host  string
	Count int
}

// OutboundRequest is one request. Its URL, header and body may hold a secret: they are never shown.
type OutboundRequest struct {
	Method string // "" means GET
	URL    string // https
	Header http.Header
	Body   string
}

// OutboundResponse is the answer to a request, of whatever status.
type OutboundResponse struct {
	Status int
	Header http.Header
	Body   []byte // cut at the sender's bound
}
