/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The family pidns_probe as a test sees it: requests that wait for their
 * answer, replies as plain structs, and events that are waited for no longer
 * than a deadline.
 */
#ifndef _PIDNS_SELFTESTS_PROBE_H
#define _PIDNS_SELFTESTS_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/pidns_probe.h>

#define PROBE_SIGNALS	64
#define PROBE_COMM	16
#define PROBE_HOOKS	16
#define PROBE_VICTIMS	16

struct nl_sock;
struct nl_msg;
struct nlattr;
struct nlmsghdr;

/* Was attribute A in the message that OBJECT was made from? */
#define probe_has(object, a)	(!!((object)->present & (1ULL << (a))))

struct probe_origin {
	uint64_t present;
	uint32_t signal, when, sender, pid, ns_pid;
	char comm[PROBE_COMM];
	uint64_t time;
};

struct probe_ns {
	uint64_t present;
	uint64_t seq, lost;
	uint64_t id, parent_id, born, since, cgroup_id;
	uint32_t inum, level, owner_uid, state, init_pid;
	uint32_t processes, threads, zombies;
	char init_comm[PROBE_COMM];
	char cgroup_path[256];
	uint64_t drops, sent, dequeued, ancestor, inside, kernel, ignored;
	uint64_t drop[PROBE_SIGNALS + 1];
	struct probe_origin last;
};

struct probe_victim {
	uint32_t pid, ns_pid;
	char comm[PROBE_COMM];
};

struct probe_teardown {
	uint64_t present;
	uint64_t seq, lost;
	uint64_t number, id, parent_id, born, begin, duration, time_lost, drops;
	uint32_t inum, level, init_pid, status, victims, ungraceful;
	char init_comm[PROBE_COMM];
	struct probe_origin first_stop, kill;
	struct probe_victim victim[PROBE_VICTIMS];
	unsigned int named;
};

struct probe_hook {
	uint64_t present;
	char name[32], symbol[64], loss[256];
	uint32_t attach, state;
	uint64_t hits, misses;
};

struct probe_status {
	uint64_t present;
	char version[32], signal_hook[16];
	uint32_t namespaces, tearing_down, history, stuck_after, record_size;
	uint64_t born, died, drops, ignored, teardowns, events;
	uint64_t lost_ring, lost_memory, lost_stale;
	uint64_t unattributed, no_record, unended, forgotten, mismatches;
	uint64_t births_missed, deaths_missed;
	struct probe_hook hook[PROBE_HOOKS];
	unsigned int hooks;
};

struct probe_event {
	int cmd;
	uint64_t seq, lost;
	uint64_t id;
	uint32_t init_pid;
	char init_comm[PROBE_COMM];
	struct probe_origin origin;		/* of drop-ntf */
	struct probe_ns ns;			/* of ns-new-ntf */
	struct probe_teardown teardown;		/* of teardown-*-ntf */
};

struct probe {
	struct nl_sock *sk;
	int family;
	unsigned int room;	/* bytes that one receive can take */
	char *answer;		/* what it took */
	/* Of the last request: */
	char sentence[256];	/* the extended ack, "" if there was none */
	int culprit;		/* type of the attribute it names, or -1 */
	bool interrupted;	/* NLM_F_DUMP_INTR was seen */
	/* Of the last datagram with events: */
	char *batch;
	struct nlmsghdr *next;
	int left;
};

/* All that return int return 0 or a negative error, unless said otherwise. */
int probe_open(struct probe *p);
void probe_close(struct probe *p);

/* A message for CMD; FLAGS beside NLM_F_REQUEST.  probe_ask() frees it. */
struct nl_msg *probe_message(struct probe *p, int cmd, int flags);

typedef int (*probe_reply_fn)(struct nlmsghdr *hdr, void *arg);
int probe_ask(struct probe *p, struct nl_msg *msg, probe_reply_fn fn, void *arg);

int probe_ns_by_pid(struct probe *p, pid_t pid, struct probe_ns *ns);
int probe_ns_by_id(struct probe *p, uint64_t id, struct probe_ns *ns);
int probe_ns_by_inum(struct probe *p, uint32_t inum, struct probe_ns *ns);
int probe_ns_dump(struct probe *p, void (*fn)(struct probe_ns *ns, void *arg),
		  void *arg);
int probe_teardown_by_number(struct probe *p, uint64_t number,
			     struct probe_teardown *td);
int probe_teardown_dump(struct probe *p,
			void (*fn)(struct probe_teardown *td, void *arg),
			void *arg);
/* The teardown of namespace ID, or -ENOENT. */
int probe_teardown_by_id(struct probe *p, uint64_t id,
			 struct probe_teardown *td);
/* The same, waiting until it has ended. */
int probe_teardown_ended(struct probe *p, uint64_t id,
			 struct probe_teardown *td);
int probe_status(struct probe *p, struct probe_status *st);
struct probe_hook *probe_hook(struct probe_status *st, const char *name);

/* Events come through a socket of their own, several to a datagram. */
int probe_listen(struct probe *p);
/* -ETIMEDOUT after MS, -ENOBUFS when the kernel had to drop some. */
int probe_event(struct probe *p, int ms, struct probe_event *ev);
/* Wait for an event with this command about this namespace. */
int probe_event_of(struct probe *p, int ms, int cmd, uint64_t id,
		   struct probe_event *ev);

/* parse.c: messages to structs. */
void probe_parse_ns(struct nlmsghdr *hdr, struct probe_ns *ns);
void probe_parse_teardown(struct nlmsghdr *hdr, struct probe_teardown *td);
void probe_parse_status(struct nlmsghdr *hdr, struct probe_status *st);
void probe_parse_event(struct nlmsghdr *hdr, struct probe_event *ev);

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t now_ms(void);
/* A pause of a polling loop. */
void poll_pause(void);

/* Try CONDITION until it is true, but no longer than MS; was it? */
#define poll_until(ms, condition) ({				\
	int64_t _end = now_ms() + (ms);				\
	bool _true;						\
								\
	while (!(_true = (condition)) && now_ms() < _end)	\
		poll_pause();					\
	_true;							\
})

/* Longer than anything takes that works, on a slow emulator too. */
#define DEADLINE_MS	20000

#endif /* _PIDNS_SELFTESTS_PROBE_H */
