#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Every command and every notification by the kernel's own YNL client, which
# knows of this family what its specification says, and nothing else.

import json
import os
import signal
import subprocess
import sys
import time
import traceback

DIR = os.path.dirname(os.path.realpath(__file__))
YNL = os.path.join(DIR, "ynl")
SPEC = os.path.join(YNL, "specs/pidns_probe.yaml")
CLI = ["/usr/bin/python3", os.path.join(YNL, "cli.py"), "--spec", SPEC,
       "--no-schema", "--output-json"]
DEADLINE = 60

sys.path.append(YNL)
from lib import YnlFamily, NlError  # pylint: disable=wrong-import-position


def wait_for(condition):
    """What the condition becomes, when it becomes true."""
    end = time.monotonic() + DEADLINE
    while True:
        value = condition()
        if value or time.monotonic() > end:
            assert value, "it did not happen in time"
            return value
        time.sleep(0.01)


def inum_of(pid):
    return os.stat(f"/proc/{pid}/ns/pid").st_ino


class Namespace:
    """One whose init, sleep(1), has the default action for all signals."""

    def __init__(self):
        self.outside = subprocess.Popen(["unshare", "--pid", "--fork",
                                         "sleep", "1000"],
                                        stderr=subprocess.DEVNULL)
        self.pid = wait_for(self.find_init)
        self.inum = inum_of(self.pid)

    def find_init(self):
        pid = self.outside.pid
        try:
            with open(f"/proc/{pid}/task/{pid}/children") as f:
                init = int(f.read().split()[0])
            with open(f"/proc/{init}/comm") as f:
                return init if f.read() == "sleep\n" else None
        except (IndexError, OSError):
            return None

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        self.outside.wait()


def refusal(call, *args):
    """The error, sentence and attribute of a call that is refused."""
    try:
        reply = call(*args)
    except NlError as e:
        extack = e.nl_msg.extack or {}
        return e.error, extack.get("msg"), extack.get("bad-attr")
    raise AssertionError(f"not refused: {reply}")


def operations(t):
    """the specification suits its schema, and has these operations"""
    # Without another argument it looks for the schema, and validates.
    family = YnlFamily(SPEC)
    assert {n: set(o.modes) for n, o in family.ops.items()} == {
        "status-get": {"do"}, "ns-get": {"do", "dump"},
        "teardown-get": {"do", "dump"}}
    assert set(family.msgs) - set(family.ops) == {
        "ns-new-ntf", "drop-ntf", "teardown-begin-ntf", "teardown-end-ntf"}
    assert set(family.mcast_groups) == {"events"}
    t.family = family


def status(t):
    """status-get"""
    with open("/sys/module/pidns_probe/version") as f:
        version = f.read().strip()
    r = t.family.do("status-get", {})
    assert r["version"] == version and r["signal-hook"] == "kprobe"
    assert r["namespaces"] >= 2 and r["drops"] >= 2 and r["history"] == 256
    assert len(r["hook"]) == 7
    assert {h["state"] for h in r["hook"]} == {"armed"}
    assert {h["attach"] for h in r["hook"]} <= {
        "ftrace", "optimized", "breakpoint", "tracepoint"}
    # Nothing in it is unknown to the specification, nothing is left out.
    known = t.family.ops["status-get"].yaml["do"]["reply"]["attributes"]
    assert set(r) == set(known)


def status_quick(t):
    """status-get, quick"""
    r = t.family.do("status-get", {"quick": True})
    assert len(r["hook"]) == 7
    assert not any("state" in h for h in r["hook"])


def ns_do(t):
    """ns-get by pid, by inum and by id"""
    r = t.family.do("ns-get", {"pid": t.ns.pid})
    assert r["inum"] == t.ns.inum and r["init-pid"] == t.ns.pid
    assert r["init-comm"] == "sleep" and r["state"] == "running"
    assert r["level"] == 1 and r["processes"] == r["threads"] == 1
    assert r["drops"] == r["drops-sent"] == r["drops-ancestor"] == 2
    assert r["drop"] == [{"signal": signal.SIGTERM, "count": 2}]
    last = r["last-drop"]
    assert last["signal"] == signal.SIGTERM and last["when"] == "sent"
    assert last["sender"] == "ancestor" and last["pid"] == os.getpid()
    assert abs(last["time"] / 1e9 - time.time()) < DEADLINE * 10
    t.id = r["id"]
    assert t.family.do("ns-get", {"inum": t.ns.inum})["id"] == t.id
    assert t.family.do("ns-get", {"id": t.id})["inum"] == t.ns.inum


def ns_dump(t):
    """ns-get, all of them"""
    r = t.family.dump("ns-get", {})
    ids = [n["id"] for n in r]
    assert ids == sorted(set(ids))
    assert [n["level"] for n in r if n["inum"] == inum_of(1)] == [0]
    assert [n["drops"] for n in r if n["id"] == t.id] == [2]


def refusals(t):
    """refusals, with the sentence and the attribute"""
    do = t.family.do
    assert refusal(do, "ns-get", {"id": 1 << 60}) == (
        2, "no such PID namespace", ".id")
    assert refusal(do, "ns-get", {"pid": 1 << 31}) == (
        3, "no such process", ".pid")
    error, sentence, culprit = refusal(do, "ns-get", {"pid": 0})
    assert error == 34 and sentence and culprit == ".pid"
    assert refusal(do, "ns-get", {"pid": 1, "id": 1}) == (
        22, "name a namespace by one of id, inum and pid", None)
    assert refusal(do, "teardown-get", {}) == (
        22, "name a teardown by its number", None)
    assert refusal(do, "teardown-get", {"number": 1 << 60}) == (
        2, "no such teardown is remembered", ".number")


def teardown_dump(t):
    """teardown-get, all of them"""
    t.ns.end()
    r = t.family.dump("teardown-get", {})
    numbers = [x["number"] for x in r]
    assert numbers == sorted(set(numbers))
    ours, = (x for x in r if x["id"] == t.id)
    assert ours["status"] == signal.SIGKILL and ours["drops"] == 2
    assert ours["first-stop"]["signal"] == signal.SIGTERM
    assert ours["time-lost"] > 0 and ours["duration"] > 0
    t.number = ours["number"]


def teardown_do(t):
    """teardown-get by number"""
    r = t.family.do("teardown-get", {"number": t.number})
    assert r["id"] == t.id and r["init-comm"] == "sleep"
    assert r["kill"]["pid"] == os.getpid()
    assert r["victims"] == r["ungraceful"] == 0 and "victim" not in r


def notifications(_t):
    """the four notifications"""
    # It wants a fresh socket for this, and takes no answers by it.
    listener = YnlFamily(SPEC, "")
    listener.ntf_subscribe("events")
    events = listener.async_msg_queue

    def have_ended():
        listener.check_ntf()
        return any(e["name"] == "teardown-end-ntf" and
                   e["msg"]["inum"] == ns.inum for e in events)

    ns = Namespace()
    os.kill(ns.pid, signal.SIGTERM)
    os.kill(ns.pid, signal.SIGHUP)
    ns.end()
    wait_for(have_ended)
    ours = [e for e in events if e["msg"]["inum"] == ns.inum]
    assert [(e["name"], e["msg"].get("origin", {}).get("signal"))
            for e in ours] == [
        ("ns-new-ntf", None), ("drop-ntf", signal.SIGTERM),
        ("drop-ntf", signal.SIGHUP), ("teardown-begin-ntf", None),
        ("teardown-end-ntf", None)]
    assert len({e["msg"]["id"] for e in ours}) == 1
    first = events[0]["msg"]["seq"]
    assert [e["msg"]["seq"] for e in events] == list(
        range(first, first + len(events)))
    assert all(e["msg"]["lost"] == 0 for e in events)
    drop, begin, end = (ours[i]["msg"] for i in (1, 3, 4))
    assert drop["origin"]["sender"] == "ancestor"
    assert drop["origin"]["pid"] == os.getpid()
    assert begin["number"] == end["number"]
    assert end["duration"] > 0 and end["init-pid"] == ns.pid


def command_line(_t):
    """the command line of the client"""
    r = subprocess.run(CLI + ["--do", "status-get"], check=True,
                       capture_output=True, text=True)
    assert len(json.loads(r.stdout)["hook"]) == 7
    r = subprocess.run(CLI + ["--do", "teardown-get"], check=False,
                       capture_output=True, text=True)
    assert r.returncode == 1 and "name a teardown by its number" in r.stdout


class Test:
    """What one point finds out and another one needs."""


def main():
    points = (operations, status, status_quick, ns_do, ns_dump, refusals,
              teardown_dump, teardown_do, notifications, command_line)
    t = Test()
    t.ns = Namespace()
    for _ in range(2):
        os.kill(t.ns.pid, signal.SIGTERM)

    failed = False
    print(f"TAP version 13\n1..{len(points)}")
    for number, point in enumerate(points, 1):
        try:
            point(t)
            print(f"ok {number} {point.__doc__}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print(f"not ok {number} {point.__doc__}")
            for line in traceback.format_exc().splitlines():
                print("#", line, flush=True)
    sys.exit(failed)


main()
