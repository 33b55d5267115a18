// Package zmtp is the serving half of ZeroMQ that a Jupyter kernel needs:
// sockets of the types ROUTER and XPUB that listen on tcp and ipc and speak
// ZMTP 3.1 (https://rfc.zeromq.org/spec/37/) and 3.0 with the mechanism NULL.
// Its peers are libzmq's DEALER, REQ and ROUTER, SUB and XSUB.
//
//	shell, err := zmtp.ListenRouter("tcp://127.0.0.1:5555", log.Print)
//	frames, err := shell.Recv() // the peer's identity, then its frames
//	shell.Send(frames)          // back to that peer
//
// # What a stranger can do
//
// Whoever reaches the port can send anything, so nothing of what comes is
// believed before it is there:
//
//   - A greeting that is none closes the connection at its first wrong byte;
//     one that is not finished in ten seconds does so too.
//   - A frame's length is a claim. Memory grows with the bytes that come, and
//     a claim above MaxMessage closes the connection.
//   - A message may have MaxFrames frames.
//   - What one peer does not read is kept up to HighWater bytes, and dropped
//     for that peer alone beyond it. Nobody waits for a peer.
//
// One log line tells of each connection that was closed for what it sent, and
// of each peer that stops reading.
//
// # What is not here
//
// Dialling, the security mechanisms, and ZMTP 1 and 2: peers older than
// libzmq 4 are closed.
package zmtp

import "time"

// Limits on what peers can make a socket hold.
const (
	MaxMessage = 512 << 20 // bytes of one message
	MaxFrames  = 4096      // frames of one message
	HighWater  = 64 << 20  // bytes that wait for one peer, beside a single larger message
	MaxPeers   = 1024      // connections of one socket

	maxCommand = 64 << 10 // bytes of a command, or of what a subscriber says
	maxTopics  = 1024     // subscriptions of one peer

	greetTime = 10 * time.Second
	linger    = time.Second // to send what waits when a socket is closed
)
