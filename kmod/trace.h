/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pidns_probe

#if !defined(_PIDNS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PIDNS_TRACE_H

#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "origin.h"
#include "teardown.h"
#include "verdict.h"

#include <uapi/linux/pidns_probe.h>

#define show_verdict(v)						\
	__print_symbolic(v,					\
		{ PIDNS_VERDICT_DELIVERED,	"delivered" },	\
		{ PIDNS_VERDICT_DROP,		"drop" },	\
		{ PIDNS_VERDICT_IGNORED,	"ignored" },	\
		{ PIDNS_VERDICT_QUEUED,		"queued" },	\
		{ PIDNS_VERDICT_TRACED,		"traced" },	\
		{ PIDNS_VERDICT_DYING,		"dying" })

#define show_when(w)						\
	__print_symbolic(w,					\
		{ PIDNS_PROBE_WHEN_SENT,	"sent" },	\
		{ PIDNS_PROBE_WHEN_DEQUEUED,	"dequeued" })

#define show_sender(s)						\
	__print_symbolic(s,					\
		{ PIDNS_PROBE_SENDER_ANCESTOR,	"ancestor" },	\
		{ PIDNS_PROBE_SENDER_INSIDE,	"inside" },	\
		{ PIDNS_PROBE_SENDER_KERNEL,	"kernel" })

/* Each signal to a task of an init, and what becomes of it. siglock held. */
TRACE_EVENT(signal_verdict,

	TP_PROTO(const struct task_struct *p, int sig, u32 verdict, bool force),

	TP_ARGS(p, sig, verdict, force),

	TP_STRUCT__entry(
		__field(pid_t,	pid)
		__field(int,	sig)
		__field(u32,	verdict)
		__field(bool,	force)
	),

	TP_fast_assign(
		__entry->pid = p->pid;
		__entry->sig = sig;
		__entry->verdict = verdict;
		__entry->force = force;
	),

	TP_printk("pid=%d sig=%d verdict=%s force=%d", __entry->pid,
		  __entry->sig, show_verdict(__entry->verdict), __entry->force)
);

/* An init drops a signal. siglock held. */
TRACE_EVENT(signal_dropped,

	TP_PROTO(u64 id, u32 inum, const struct task_struct *init,
		 const struct pidns_origin *o),

	TP_ARGS(id, inum, init, o),

	TP_STRUCT__entry(
		__field(u64,	id)
		__field(u32,	inum)
		__field(pid_t,	pid)
		__array(char,	comm,		TASK_COMM_LEN)
		__field(u32,	sig)
		__field(u32,	when)
		__field(u32,	sender)
		__field(u32,	sender_pid)
		__array(char,	sender_comm,	TASK_COMM_LEN)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->inum = inum;
		__entry->pid = init->tgid;
		memcpy(__entry->comm, init->comm, TASK_COMM_LEN);
		__entry->sig = o->sig;
		__entry->when = o->when;
		__entry->sender = o->sender;
		__entry->sender_pid = o->pid;
		memcpy(__entry->sender_comm, o->comm, TASK_COMM_LEN);
	),

	TP_printk("id=%llu inum=%u pid=%d comm=%s sig=%u when=%s sender=%s sender_pid=%u sender_comm=%s",
		  __entry->id, __entry->inum, __entry->pid, __entry->comm,
		  __entry->sig, show_when(__entry->when),
		  show_sender(__entry->sender), __entry->sender_pid,
		  __entry->sender_comm)
);

/* The init of a namespace has ended; the others get SIGKILL. */
TRACE_EVENT(teardown_begin,

	TP_PROTO(const struct pidns_teardown *td),

	TP_ARGS(td),

	TP_STRUCT__entry(
		__field(u64,	number)
		__field(u64,	id)
		__field(u32,	inum)
		__field(pid_t,	pid)
		__array(char,	comm,	TASK_COMM_LEN)
		__field(u32,	status)
	),

	TP_fast_assign(
		__entry->number = td->number;
		__entry->id = td->id;
		__entry->inum = td->inum;
		__entry->pid = td->init_pid;
		memcpy(__entry->comm, td->init_comm, TASK_COMM_LEN);
		__entry->status = td->status;
	),

	TP_printk("number=%llu id=%llu inum=%u pid=%d comm=%s status=%#x",
		  __entry->number, __entry->id, __entry->inum, __entry->pid,
		  __entry->comm, __entry->status)
);

/* All processes of a namespace are gone. */
TRACE_EVENT(teardown_end,

	TP_PROTO(const struct pidns_teardown *td),

	TP_ARGS(td),

	TP_STRUCT__entry(
		__field(u64,	number)
		__field(u64,	id)
		__field(u32,	inum)
		__field(pid_t,	pid)
		__field(u32,	status)
		__field(u32,	victims)
		__field(u32,	ungraceful)
		__field(u64,	duration)
	),

	TP_fast_assign(
		__entry->number = td->number;
		__entry->id = td->id;
		__entry->inum = td->inum;
		__entry->pid = td->init_pid;
		__entry->status = td->status;
		__entry->victims = td->victims;
		__entry->ungraceful = td->ungraceful;
		__entry->duration = pidns_time_since(td->end, td->begin);
	),

	TP_printk("number=%llu id=%llu inum=%u pid=%d status=%#x victims=%u ungraceful=%u duration=%lluns",
		  __entry->number, __entry->id, __entry->inum, __entry->pid,
		  __entry->status, __entry->victims, __entry->ungraceful,
		  __entry->duration)
);

#endif /* _PIDNS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
