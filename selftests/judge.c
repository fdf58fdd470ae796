// SPDX-License-Identifier: GPL-2.0
/* Compares what the kernel says with what the module says; see oracle.h. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "oracle.h"
#include "tally.h"

enum { NONE, KERNEL, MODULE };

static void disagree(struct judge *j, const char *what, const struct half *h,
		     const char *verdict, long result)
{
	if (j->disagreements++ < 10)
		fprintf(stderr, "# %s: pid %d signal %d: module %s, kernel %ld\n",
			what, h->pid, h->sig, verdict, result);
}

static struct subject *subject_of(struct judge *j, pid_t pid)
{
	unsigned int i;

	for (i = 0; i < j->count; i++)
		if (j->subjects[i].pid == pid || j->subjects[i].worker == pid)
			return &j->subjects[i];
	return NULL;
}

/* The kernel ignored a signal: because of the namespace, or anyway? */
static void count_ignored(struct subject *s, int sig)
{
	struct oracle_page *page = (void *)s->box.page->scratch;
	int action = signal_is_absolute(sig) ? ACTION_DFL : page->action[sig];

	if (action == ACTION_IGN || signal_is_harmless(sig))
		s->seen.ignored++;
	else
		s->seen.sent++;
}

static void judge_sent(struct judge *j, struct subject *s, const struct half *h)
{
	const uint64_t ignored = s->seen.ignored;
	const char *v = h->verdict;
	bool refused = h->result == 1;	/* TRACE_SIGNAL_IGNORED */

	j->pairs++;
	if (!strcmp(v, "dying")) {
		j->dying++;
		if (!s->killed && !refused)
			disagree(j, "sent", h, v, h->result);
		return;
	}
	if (refused)
		count_ignored(s, h->sig);
	if (!strcmp(v, "drop")) {
		j->drop++;
		if (!refused || s->seen.ignored != ignored)
			disagree(j, "sent", h, v, h->result);
	} else if (!strcmp(v, "ignored")) {
		j->ignored++;
		if (!refused || s->seen.ignored == ignored)
			disagree(j, "sent", h, v, h->result);
	} else {
		j->queued += !strcmp(v, "queued");
		j->traced += !strcmp(v, "traced");
		j->delivered += !strcmp(v, "delivered");
		if (refused)
			disagree(j, "sent", h, v, h->result);
	}
}

/* A half that stays alone. */
static void widow(struct judge *j, struct half *h, const char *what)
{
	struct subject *s = subject_of(j, h->pid);

	if (!h->kind)
		return;
	/*
	 * A dying one is not looked at as closely by either of them; and when
	 * complete_signal() ends one, it is no init any more for who looks
	 * after that.
	 */
	if (h->kind == KERNEL && s && s->killed &&
	    (h->result == 1 || h->sig == WTERMSIG(s->status)))
		j->unjudged++;
	else
		disagree(j, what, h, h->kind == KERNEL ? "silent" : h->verdict,
			 h->kind == KERNEL ? h->result : -1);
	h->kind = NONE;
}

static void meet(struct judge *j, struct half *slot, struct half *h,
		 const char *what)
{
	struct subject *s = subject_of(j, h->pid);

	if (slot->kind && (slot->kind == h->kind || slot->pid != h->pid ||
			   slot->sig != h->sig))
		widow(j, slot, what);
	if (!slot->kind) {
		*slot = *h;
		return;
	}
	if (h->kind == KERNEL)
		slot->result = h->result;
	else
		memcpy(slot->verdict, h->verdict, sizeof(slot->verdict));
	slot->kind = NONE;
	if (slot->result >= 0) {
		judge_sent(j, s, slot);
	} else {
		j->dequeued++;
		s->seen.dequeued++;
	}
}

static void word_after(const char *fields, const char *name, char *word,
		       size_t size)
{
	const char *at = strstr(fields, name);
	size_t len;

	word[0] = '\0';
	if (!at)
		return;
	at += strlen(name);
	len = strcspn(at, " ");
	if (len >= size)
		len = size - 1;
	memcpy(word, at, len);
	word[len] = '\0';
}

static void judge_line(struct judge *j, struct trace_line *line)
{
	struct half h = { .kind = KERNEL };

	h.sig = trace_number(line, "sig");
	if (!strcmp(line->event, "signal_deliver")) {
		/* Only what has no handler and would have an effect. */
		h.pid = line->task;
		h.result = -1;
		if (trace_number(line, "sa_handler") ||
		    signal_is_harmless(h.sig) || signal_is_absolute(h.sig) ||
		    !subject_of(j, h.pid))
			return;
		h.pid = subject_of(j, h.pid)->pid;
		meet(j, &j->deliver[line->cpu], &h, "dequeued");
		return;
	}
	h.pid = trace_number(line, "pid");
	if (!subject_of(j, h.pid))
		return;
	if (!strcmp(line->event, "signal_generate")) {
		h.result = trace_number(line, "res");
		meet(j, &j->generate[line->cpu], &h, "sent");
		return;
	}
	h.kind = MODULE;
	if (!strcmp(line->event, "signal_verdict")) {
		word_after(line->fields, "verdict=", h.verdict,
			   sizeof(h.verdict));
		meet(j, &j->generate[line->cpu], &h, "sent");
	} else if (trace_is(line, "when", "dequeued")) {
		h.result = -1;
		word_after(line->fields, "when=", h.verdict,
			   sizeof(h.verdict));
		meet(j, &j->deliver[line->cpu], &h, "dequeued");
	}
}

int judge_read(struct judge *j, struct trace *t)
{
	struct trace_line line;
	int err, cpu;

	while ((err = trace_next(t, &line)) > 0)
		if (line.cpu < JUDGE_CPUS)
			judge_line(j, &line);
	/* All signals so far have been sent, so no twin comes any more. */
	for (cpu = 0; cpu < JUDGE_CPUS; cpu++) {
		widow(j, &j->generate[cpu], "sent");
		widow(j, &j->deliver[cpu], "dequeued");
	}
	return err;
}

bool judge_counters(struct probe *p, struct subject *s)
{
	struct probe_ns ns;

	if (probe_ns_by_id(p, s->id, &ns))
		return false;
	if (ns.sent == s->seen.sent && ns.dequeued == s->seen.dequeued &&
	    ns.ignored == s->seen.ignored)
		return true;
	fprintf(stderr, "# counted: sent %" PRIu64 " of %" PRIu64
		", dequeued %" PRIu64 " of %" PRIu64 ", ignored %" PRIu64
		" of %" PRIu64 "\n", ns.sent, s->seen.sent, ns.dequeued,
		s->seen.dequeued, ns.ignored, s->seen.ignored);
	return false;
}
