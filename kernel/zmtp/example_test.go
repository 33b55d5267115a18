package zmtp_test

import (
	"errors"
	"fmt"
	"log"
	"net"

	"fourmlab/kernel/zmtp"
)

// A kernel's heartbeat sends back what comes, until the socket is closed.
func ExampleListenRouter() {
	heartbeat, err := zmtp.ListenRouter("tcp://127.0.0.1:0", log.Print)
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error)
	go func() {
		for {
			frames, err := heartbeat.Recv()
			if err != nil {
				ended <- err
				return
			}
			heartbeat.Send(frames)
		}
	}()
	heartbeat.Close()
	fmt.Println("closed:", errors.Is(<-ended, net.ErrClosed))
	// Output: closed: true
}
