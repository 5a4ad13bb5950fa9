#!/usr/bin/env python3
"""A driver for tcprove: the kernel's own TCP, reached by its sockets and a TUN device.

    cargo run --release -- check --stack 'driver:python3 examples/linux.py'

It makes a network namespace of its own, so it needs root (or `unshare -rn` before it). What it
says on standard input and output is told in docs/drivers.md; take it as a pattern for a driver of
your stack.
"""
import ctypes, errno, fcntl, ipaddress, os, platform, select, socket, struct, sys, time

TUNSETIFF, SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFMTU = 0x400454CA, 0x8914, 0x8916, 0x891C, 0x8922
STATES = "ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED CLOSE-WAIT LAST-ACK LISTEN CLOSING".split()
ERRORS = {errno.ECONNRESET: "reset", errno.EPIPE: "closing", errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "timed-out",
          errno.EHOSTUNREACH: "unreachable", errno.ENETUNREACH: "unreachable", errno.ENOTCONN: "no-connection"}


class Host:
    """A namespace with a TUN device, and the sockets A, B and C in it."""

    def __init__(self, family, stack, peer, mtu):
        if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "a network namespace needs root")
        self.family = socket.AF_INET6 if family == "ipv6" else socket.AF_INET
        self.address, self.sockets, self.listening = stack, {}, set()
        self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH22x", b"tcprove", 0x1001))  # IFF_TUN, IFF_NO_PI
        if family == "ipv6":
            for knob, value in (("accept_dad", 0), ("addr_gen_mode", 1)):
                open(f"/proc/sys/net/ipv6/conf/tcprove/{knob}", "w").write(str(value))
        control = socket.socket(self.family, socket.SOCK_DGRAM)
        fcntl.ioctl(control, SIOCSIFMTU, struct.pack("16si20x", b"tcprove", int(mtu)))
        if family == "ipv6":
            index = socket.if_nametoindex("tcprove")
            fcntl.ioctl(control, SIOCSIFADDR, ipaddress.ip_address(stack).packed + struct.pack("Ii", 64, index))
        else:
            for call, address in ((SIOCSIFADDR, stack), (SIOCSIFNETMASK, "255.255.255.0")):
                fcntl.ioctl(control, call, struct.pack("16sHH4s16x", b"tcprove", socket.AF_INET, 0, socket.inet_aton(address)))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH22x", b"tcprove", 0x41))  # IFF_UP, IFF_RUNNING
        with socket.socket(self.family, socket.SOCK_DGRAM) as probe:
            while not self.sends(probe, peer):  # The kernel brings a link up a moment later.
                pass
        self.begun = time.monotonic()

    def sends(self, probe, peer):
        try:
            probe.sendto(b"", (peer, 9))
        except OSError:
            pass
        return self.packet(0.001, 17)

    def packet(self, wait, protocol=6):
        """The next packet of a protocol, TCP unless told, that the kernel sends before so many seconds pass."""
        while select.select([self.tun], [], [], wait)[0]:
            packet = os.read(self.tun, 65535)
            if packet[9 if packet[0] >> 4 == 4 else 6] == protocol:
                return packet

    def now(self):
        return int((time.monotonic() - self.begun) * 1e6)

    def run(self, until):
        """Lets time pass, and says what is sent."""
        while True:
            packet = self.packet(max(0, until - self.now()) / 1e6)
            if not packet:
                return "ok"
            say(f"packet {self.now()} {packet.hex()}")

    def call(self, name, call, *words):
        try:
            return getattr(self, call)(name, *words)
        except BlockingIOError:
            return "empty" if call == "recv" else "sent 0" if call == "send" else "done"
        except OSError as error:
            return "failed " + ERRORS.get(error.errno, "no-connection")

    def fresh(self, name, port):
        if name in self.sockets:
            raise OSError(errno.ENOTCONN, "in use")
        self.sockets[name] = s = socket.socket(self.family, socket.SOCK_STREAM)
        s.setblocking(False)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((self.address, int(port)))
        return s

    def socket(self, name):
        """The socket of this name; a listener gives way to what it accepts."""
        s = self.sockets.get(name)
        if s is None:
            raise OSError(errno.ENOTCONN, "never opened")
        if name in self.listening:
            try:
                self.sockets[name] = s.accept()[0]
                self.sockets[name].setblocking(False)
                self.listening.discard(name)
                s.close()
            except BlockingIOError:
                pass
        return self.sockets[name]

    def listen(self, name, port, *remote):
        if remote:
            return "unsupported"
        self.fresh(name, port).listen(1)
        self.listening.add(name)
        return "done"

    def connect(self, name, port, _, remote):
        address, _, number = remote.rpartition(":")
        self.fresh(name, port).connect((address.strip("[]"), int(number)))
        return "done"

    def send(self, name, octets):
        return f"sent {self.socket(name).send(bytes.fromhex(octets.replace('-', '')))}"

    def recv(self, name, most):
        octets = self.socket(name).recv(int(most))
        return f"received {octets.hex()}" if octets else "end of stream" if int(most) else "empty"

    def close(self, name):
        self.socket(name).shutdown(socket.SHUT_WR)
        return "done"

    def abort(self, name):
        s = self.socket(name)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        self.sockets.pop(name), self.listening.discard(name)
        return "done"

    def status(self, name):
        state = self.socket(name).getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        return "status " + STATES[state - 1]

    def remote(self, name):
        try:
            address, port = self.socket(name).getpeername()[:2]
        except OSError:
            return "none"
        return f"remote [{address}]:{port}" if ":" in address else f"remote {address}:{port}"

    def end(self):
        for name in list(self.sockets):
            self.call(name, "abort")
        os.close(self.tun)


def say(line):
    print(line, flush=True)


def main():
    host = None
    for line in sys.stdin:
        match line.split():
            case ["tcprove", "1"]:
                say(f"driver 1 real Linux {platform.release()}, driven from Python")
            case ["reset", *fields]:
                asked = dict(field.split("=") for field in fields)
                if host:
                    host.end()
                try:
                    host = Host(asked["family"], asked["stack"], asked["peer"], asked["mtu"])
                except OSError as error:
                    say(f"error {error}")
                    continue
                for declared in ("slack 50ms", "msl 30s", "ack_range checked", "window_scale 7", "sack yes", "timestamps yes",
                                 "paws yes", "predicts_headers yes", "rto_min 200ms", "rto_max 120s", "admission limited",
                                 "acks_may_lag yes", "half_duplex_close no", "hard_errors handshake", "icmp_in_flight yes",
                                 "challenge_quiet 1s", "receive_buffer 1073741824"):
                    say(f"profile {declared}")
                say("ok")
            case ["deliver", octets]:
                os.write(host.tun, bytes.fromhex(octets))
                say(host.run(0))
            case ["advance", instant]:
                say(host.run(int(instant)))
            case [name, call, *words]:
                say(host.call(name, call, *words))


main()
