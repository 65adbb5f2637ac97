// Package stamp asks a time-stamping authority to vouch that bytes existed, and checks what it answered (RFC 3161).
//
// Its main type is [Token]. In the order in which they are met:
//
//   - a request holds nothing but a SHA-256 and a random number: what it is about does not leave the house ([NewRequest]);
//   - an answer is held to its request ([Request.Token]);
//   - a token stands alone: [Parse] checks that it is about the bytes, that its signature is right, and that the
//     certificate was made for nothing but this;
//   - [Token.Chain] checks to whom the certificate leads. It asks at the token's own time: a certificate that has ended since
//     vouches for what it signed before.
//
// The package opens no connection: [Ask] is given a client.
package stamp
