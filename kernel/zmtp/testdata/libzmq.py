"""Talks to a ROUTER that echoes and an XPUB, both of ours, as libzmq does."""
import sys, zmq

router, xpub = sys.argv[1:3]
ctx = zmq.Context()
checks = 0


def want(ok, what):
    global checks
    checks += 1
    if not ok:
        sys.exit("not as expected: %r" % (what,))


def socket(kind, endpoint, **options):
    s = ctx.socket(kind)
    s.linger, s.rcvtimeo = 0, 20000
    for name, value in options.items():
        setattr(s, name, value)
    s.connect(endpoint)
    return s


# every type of partner; frames of all sizes, also the empty ones
for kind in zmq.DEALER, zmq.REQ:
    s = socket(kind, router)
    for frames in [[b""], [b"a"], [b"x" * 255, b"y" * 256, b""], [b"z" * 5000, b"", b"w" * 4096], [b"%d" % i for i in range(1000)], [b"q" * (20 << 20), b"tail"]]:
        s.send_multipart(frames)
        got = s.recv_multipart()
        want(got == frames, (kind, len(frames), len(got)))
    s.close()

# an identity, and one that comes again under it while the first is open
first = socket(zmq.DEALER, router, identity=b"me")
first.send(b"who")
want(first.recv() == b"who", "first")
again = socket(zmq.DEALER, router, identity=b"me")
again.send(b"echo")
want(again.recv() == b"echo", "the same identity again")
first.close(), again.close()

# a peer that asks whether we are alive
s = socket(zmq.DEALER, router, heartbeat_ivl=50, heartbeat_timeout=200)
want(not s.poll(600), "nothing comes")
s.send(b"still")
want(s.recv() == b"still", "still connected")
s.close()

# subscriptions: everything, a beginning, none, and cancelled; each is welcomed
control = socket(zmq.DEALER, router)


def publish(*frames):
    control.send_multipart((b"publish",) + frames)
    control.recv_multipart()


everything, some, none = [socket(zmq.SUB, xpub) for _ in range(3)]
everything.subscribe(b"")
some.subscribe(b"str")
want(everything.recv() == b"welcome to ", "welcome")
want(some.recv() == b"str: welcome to str", "welcome")
publish(b"stream", b"1")
publish(b"status", b"2" * 100000)
want(everything.recv_multipart() == [b"stream", b"1"], "all")
want(everything.recv_multipart() == [b"status", b"2" * 100000], "all")
want(some.recv_multipart() == [b"stream", b"1"], "some")
some.unsubscribe(b"str")
some.subscribe(b"sta")
want(some.recv() == b"sta: welcome to sta", "welcome")
publish(b"stream", b"3")
publish(b"status", b"4")
want(some.recv_multipart() == [b"status", b"4"], "after a cancelled subscription")
want(not none.poll(50), "who did not subscribe")

# a socket of a type that does not belong here is not let in, others go on
push = socket(zmq.PUSH, router, sndtimeo=300)
try:
    push.send(b"x")
    want(not none.poll(50), "unreachable")
except zmq.Again:
    want(True, "")
control.send(b"after")
want(control.recv() == b"after", "after a wrong type")
print(checks, "checks with libzmq", zmq.zmq_version())
ctx.destroy(linger=0)
