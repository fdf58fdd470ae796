// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what needs no kernel, in TAP. With the argument "schema" it prints
 * the attribute sets instead, for comparison with the specification.
 */
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "cont.h"
#include "extack.h"
#include "fmt.h"
#include "out.h"
#include "schema.h"
#include "sel.h"
#include "sig.h"
#include "text.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2	"fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID	"pod8e1b4d2c_7f0a_4c3e_9a56_0d1f2e3a4b5c"

static int points, failures;

static void check(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void check(bool ok, const char *fmt, ...)
{
	va_list ap;
	char *name;

	va_start(ap, fmt);
	name = fmt_vstr(fmt, ap);
	va_end(ap);
	printf("%s %d %s\n", ok ? "ok" : "not ok", ++points, name);
	failures += !ok;
	free(name);
}

/* Takes over @got. */
static void check_str(char *got, const char *want, const char *what)
{
	char *name = fmt_escape(want);

	check(!strcmp(got, want), "%s: %s", what, name);
	if (strcmp(got, want))
		printf("# got '%s'\n", got);
	free(name);
	free(got);
}

/* Paths as seen on hosts. */
static const struct {
	const char *path;
	const char *runtime;
	const char *id;
} cgroups[] = {
	{ "/", "plain", NULL },
	{ "/init.scope", "plain", NULL },
	{ "/user.slice/user-1000.slice/session-3.scope", "plain", NULL },
	{ "/system.slice/nginx.service", "plain", NULL },
	/* docker, with the systemd and with the cgroupfs driver */
	{ "/system.slice/docker-" ID ".scope", "docker", ID },
	{ "/docker/" ID, "docker", ID },
	{ "/docker/" ID "/system.slice/nginx.service", "docker", ID },
	{ "/docker/" ID "/docker/" ID2, "docker", ID2 },
	{ "/system.slice/docker.service", "plain", NULL },
	{ "/system.slice/docker-abc.scope", "plain", NULL },
	/* containerd below the kubelet */
	{ "/kubepods.slice/kubepods-burst.slice/kubepods-burst-" UID ".slice/cri-containerd-" ID
	  ".scope", "containerd", ID },
	{ "/system.slice/containerd.service/kubepods-besteffort-" UID ".slice:cri-containerd:" ID,
	  "containerd", ID },
	{ "/kubepods/besteffort/pod8e1b4d2c-7f0a-4c3e-9a56-0d1f2e3a4b5c/" ID, "containerd", ID },
	/* containerd by itself: ctr and nerdctl */
	{ "/default/web", "containerd", "web" },
	{ "/system.slice/nerdctl-" ID ".scope", "containerd", ID },
	{ "/k8s.io/" ID, "containerd", ID },
	/* CRI-O */
	{ "/kubepods.slice/kubepods-" UID ".slice/crio-" ID ".scope", "cri-o", ID },
	{ "/kubepods/pod8e1b4d2c/crio-" ID, "cri-o", ID },
	{ "/kubepods.slice/kubepods-" UID ".slice/crio-conmon-" ID ".scope", "plain", NULL },
	/* podman, as root and as a user, whose init moves down one group */
	{ "/machine.slice/libpod-" ID ".scope", "podman", ID },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman", ID },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	  "podman", ID },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "plain", NULL },
	{ "/libpod_parent/libpod-" ID, "podman", ID },
	/* system containers */
	{ "/machine.slice/machine-web.scope", "systemd-nspawn", "web" },
	{ "/machine.slice/machine-web\\x2d1.scope/payload", "systemd-nspawn", "web-1" },
	{ "/machine.slice/systemd-nspawn@web.service/payload", "systemd-nspawn", "web" },
	{ "/lxc.payload.web", "lxc", "web" },
	{ "/lxc.payload.web/init.scope", "lxc", "web" },
	{ "/lxc/web", "lxc", "web" },
	/* low-level runtimes by themselves */
	{ "/system.slice/crun-web.scope", "crun", "web" },
	{ "/user.slice/user-1000.slice/runc-web.scope", "runc", "web" },
	/* somebody's own parent group */
	{ "/batch/" ID, "plain", ID },
	/* no path that a kernel would give, but no harm either */
	{ "", "plain", NULL },
	{ "web", "plain", NULL },
	{ "//", "plain", NULL },
	{ "/docker-.scope", "plain", NULL },
	{ "/machine-\\x.scope", "systemd-nspawn", "\\x" },
};

static void test_cont(void)
{
	struct cont cont;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cgroups); i++) {
		cont_parse(cgroups[i].path, &cont);
		check(!strcmp(cont.runtime, cgroups[i].runtime) &&
		      !strcmp(cont.id ?: "", cgroups[i].id ?: ""), "cgroup '%s'", cgroups[i].path);
		free(cont.id);
	}
}

static const struct {
	const char *text;
	int sig;
} signals[] = {
	{ "TERM", 15 }, { "SIGTERM", 15 }, { "sigterm", 15 }, { "15", 15 }, { "015", 15 },
	{ "HUP", 1 }, { "IOT", 6 }, { "ABRT", 6 }, { "POLL", 29 }, { "IO", 29 }, { "CLD", 17 },
	{ "RTMIN", 34 }, { "RTMIN+3", 37 }, { "SIGRTMIN+3", 37 }, { "RTMAX", 64 },
	{ "RTMAX-1", 63 }, { "RTMIN+30", 64 }, { "64", 64 },
	{ "", -1 }, { "SIG", -1 }, { "0", -1 }, { "65", -1 }, { "-1", -1 }, { "TERMX", -1 },
	{ "TER", -1 }, { "RTMIN+31", -1 }, { "RTMIN+", -1 }, { "RTMIN-1", -1 }, { "RTMAX+1", -1 },
	{ "15x", -1 }, { "99999999999999999999", -1 },
};

static void test_sig(void)
{
	size_t i;
	int sig;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sig = sig_parse(signals[i].text);
		check(sig == signals[i].sig || (sig < 0 && signals[i].sig < 0), "signal '%s'",
		      signals[i].text);
	}
	check_str(sig_name(15), "SIGTERM", "name of 15");
	check_str(sig_name(6), "SIGABRT", "name of 6");
	check_str(sig_name(34), "SIGRTMIN", "name of 34");
	check_str(sig_name(50), "SIGRTMIN+16", "name of 50");
	check_str(sig_name(64), "SIGRTMAX", "name of 64");
	check_str(sig_name(32), "signal 32", "name of 32");
	out_settings.numeric = true;
	check_str(sig_name(15), "15", "number of 15");
	out_settings.numeric = false;
	for (sig = 1; sig <= SIG_NR_MAX; sig++) {
		char *name = sig_name(sig);

		if (strncmp(name, "signal", 6) && sig_parse(name) != sig)
			check(false, "the name %s is understood", name);
		free(name);
	}
}

static void test_durations(void)
{
	static const struct {
		uint64_t nsec;
		const char *text;
	} durations[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1.0 us" }, { 88590, "88.6 us" },
		{ 999499, "999 us" }, { 999500, "1.0 ms" }, { 16287550, "16.3 ms" },
		{ 486310000, "486 ms" }, { 999960000, "1.0 s" }, { 9960000000, "10.0 s" },
		{ 10000000000, "10.0 s" }, { 59400000000, "59.4 s" }, { 59600000000, "1 min" },
		{ 63000000000, "1 min 3 s" }, { 3600000000000, "1 h" },
		{ 7380000000000, "2 h 3 min" }, { 86400000000000, "1 d" },
		{ 190800000000000, "2 d 5 h" }, { UINT64_MAX, "213503 d 23 h" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(durations); i++)
		check_str(fmt_duration(durations[i].nsec), durations[i].text, "duration");
}

static void test_fmt(void)
{
	check_str(fmt_status(0), "exited 0", "status");
	check_str(fmt_status(3 << 8), "exited 3", "status");
	check_str(fmt_status(9), "killed by SIGKILL (137)", "status");
	check_str(fmt_status(15), "killed by SIGTERM (143)", "status");
	check_str(fmt_status(6 | 0x80), "dumped core, SIGABRT (134)", "status");
	check_str(fmt_count(1, "process", "processes"), "1 process", "count");
	check_str(fmt_count(0, "process", "processes"), "0 processes", "count");
	setenv("TZ", "UTC", 1);
	tzset();
	check_str(fmt_time(1783048330000000000), "2026-07-03 03:12:10", "time");
	check_str(fmt_time_exact(1783048330042999999), "2026-07-03 03:12:10.042", "time");
	check_str(fmt_age(fmt_now() - 3 * NSEC_PER_SEC), "3 s ago", "age");
	check_str(fmt_age(fmt_now() - 7380 * NSEC_PER_SEC), "2 h 3 min ago", "age");
	check_str(fmt_age(fmt_now() + NSEC_PER_SEC), "now", "age");

	check_str(fmt_escape("a b\n\x1b[31m\\x"), "a b\\x0a\\x1b[31m\\x", "escaped");
	check_str(fmt_escape("\xc3\xa9\xff"), "\xc3\xa9\\xff", "escaped");
	check_str(fmt_escape("\xc2\x9b"), "\\xc2\\x9b", "escaped");
	check_str(fmt_utf8("a\xc3\xa9", 3), "a\xc3\xa9", "UTF-8");
	check_str(fmt_utf8("a\xff\xc3", 3), "a\xef\xbf\xbd\xef\xbf\xbd", "UTF-8");
	check_str(fmt_utf8("\xed\xa0\x80", 3), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "UTF-8");
	check_str(fmt_utf8("\xf0\x9f\x90\xb3\n", 5), "\xf0\x9f\x90\xb3\n", "UTF-8");
	check_str(fmt_utf8("ab\0cd", 5), "ab", "UTF-8");
}

static void test_sel(void)
{
	static const struct {
		const char *text;
		int ret;
		enum sel_kind kind;
		uint64_t nr;
	} names[] = {
		{ "12", EXIT_OK, SEL_NUMBER, 12 },
		{ "4026531836", EXIT_OK, SEL_NUMBER, 4026531836 },
		{ "18446744073709551615", EXIT_OK, SEL_NUMBER, UINT64_MAX },
		{ "18446744073709551616", EXIT_OK, SEL_CONTAINER, 0 },
		{ "pid:4242", EXIT_OK, SEL_PID, 4242 },
		{ "pid:2147483647", EXIT_OK, SEL_PID, 2147483647 },
		{ "web", EXIT_OK, SEL_CONTAINER, 0 },
		{ "12ab", EXIT_OK, SEL_CONTAINER, 0 },
		{ "-1", EXIT_OK, SEL_CONTAINER, 0 },
		{ "pid", EXIT_OK, SEL_CONTAINER, 0 },
	};
	struct sel sel;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		check(sel_parse(names[i].text, &sel) == names[i].ret &&
		      sel.kind == names[i].kind &&
		      (sel.kind == SEL_CONTAINER || sel.nr == names[i].nr),
		      "namespace '%s'", names[i].text);
}

/* Joins strings, the last of which is NULL. */
static char *concat(const char *const *parts)
{
	char *str = fmt_str("%s", ""), *more;

	for (; *parts; parts++) {
		more = fmt_str("%s%s", str, *parts);
		free(str);
		str = more;
	}
	return str;
}

static void check_story(const char *const *json, const char *const *want)
{
	char *text = concat(json), *story = concat(want);
	struct json_object *obj = json_tokener_parse(text);

	check_str(text_teardown(obj), story, "story");
	json_object_put(obj);
	free(text);
	free(story);
}

static void test_text(void)
{
	static const char *const slow[] = {
		"{'id':12,'init-pid':820,'init-comm':'sleep','begin':1783048340000000000,",
		"'duration':12300000,'status':9,'first-stop':{'signal':15,'sender':'ancestor',",
		"'pid':812,'comm':'crun','time':1783048330000000000},'time-lost':10000000000,",
		"'kill':{'signal':9,'sender':'ancestor','pid':830,'comm':'crun'},",
		"'victims':3,'ungraceful':2,'victim':[{'pid':821,'comm':'nginx'},",
		"{'pid':822,'comm':'php'}],'runtime':'crun','name':'web'}",
		NULL
	};
	static const char *const slow_story[] = {
		"web (crun) was told to stop by SIGTERM from 812 (crun), an ancestor, ",
		"at 2026-07-03 03:12:10; its init, sleep, dropped it (no handler); ",
		"10.0 s later it was killed by SIGKILL from 830 (crun), an ancestor: exit 137. ",
		"2 of its 3 other processes had a SIGTERM handler that never ran: ",
		"821 (nginx), 822 (php). The teardown took 12.3 ms.",
		NULL
	};
	static const char *const quick[] = {
		"{'id':12,'init-comm':'sh','status':256,'duration':1000,'victims':1,",
		"'ungraceful':0,'cgroup-path':'/a/b'}",
		NULL
	};
	static const char *const quick_story[] = {
		"namespace 12 (cgroup /a/b): its init, sh, exited 1. 1 other process was ",
		"killed, with no SIGTERM handler left to run. The teardown took 1.0 us.",
		NULL
	};

	check_story(slow, slow_story);
	check_story(quick, quick_story);
}

/* An answer as the kernel sends it, with the sentence and the attribute. */
static void test_extack(void)
{
	struct nl_msg *request = nlmsg_alloc_simple(20, 0), *answer;
	uint32_t offset = NLMSG_HDRLEN + 4, head = 0;
	struct nlmsgerr *err;
	struct nlmsghdr *hdr;
	struct extack ack;

	nlmsg_append(request, &head, sizeof(head), 0);
	nla_put_u32(request, 7, 1);

	answer = nlmsg_alloc_simple(NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED);
	err = nlmsg_reserve(answer, sizeof(*err), NLMSG_ALIGNTO);
	err->error = -2;
	err->msg = *nlmsg_hdr(request);
	nla_put_string(answer, NLMSGERR_ATTR_MSG, "no such thing");
	nla_put_u32(answer, NLMSGERR_ATTR_OFFS, offset);
	hdr = nlmsg_hdr(answer);
	extack_parse(&ack, hdr, nlmsg_hdr(request));
	check(ack.error == -2 && !strcmp(ack.text, "no such thing") && ack.attr == 7 &&
	      !ack.missing, "extended ACK of an error");
	hdr->nlmsg_flags &= ~NLM_F_CAPPED;
	err->msg.nlmsg_len = 4096;
	extack_parse(&ack, hdr, nlmsg_hdr(request));
	check(ack.error == -2 && !*ack.text, "extended ACK that is cut off");
	nlmsg_free(answer);

	answer = nlmsg_alloc_simple(NLMSG_DONE, NLM_F_ACK_TLVS | NLM_F_MULTI);
	*(int *)nlmsg_reserve(answer, sizeof(int), NLMSG_ALIGNTO) = -22;
	nla_put_string(answer, NLMSGERR_ATTR_MSG, "not so");
	nla_put_u32(answer, NLMSGERR_ATTR_OFFS, 4000);
	extack_parse(&ack, nlmsg_hdr(answer), nlmsg_hdr(request));
	check(ack.error == -22 && !strcmp(ack.text, "not so") && !ack.attr,
	      "extended ACK at the end of a dump");
	nlmsg_free(answer);
	nlmsg_free(request);
}

static const char *kind_name(const struct attr *attr)
{
	static const char *const names[] = {
		[ATTR_FLAG] = "flag", [ATTR_U32] = "u32", [ATTR_U64] = "u64",
		[ATTR_STRING] = "string", [ATTR_ENUM] = "u32", [ATTR_NEST] = "nest",
		[ATTR_ARRAY] = "nest multi",
	};

	return names[attr->kind];
}

static void print_schema(void)
{
	const struct attr_set *set;
	char name[ATTR_NAME_MAX];
	size_t i, k, v;

	for (i = 0; i < schema_n_sets; i++) {
		set = schema_sets[i];
		for (k = 0; k < set->n; k++) {
			attr_name(set->attrs[k].name, name);
			printf("%s %u %s %s", set->name, set->attrs[k].nr, name,
			       kind_name(&set->attrs[k]));
			if (set->attrs[k].nested)
				printf(" %s", set->attrs[k].nested->name);
			for (v = 0; set->attrs[k].values && v < set->attrs[k].values->n; v++) {
				attr_name(set->attrs[k].values->values[v].name, name);
				printf(" %s", name);
			}
			putchar('\n');
		}
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc > 1 && !strcmp(argv[1], "schema")) {
		print_schema();
		return 0;
	}
	test_cont();
	test_sig();
	test_durations();
	test_fmt();
	test_sel();
	test_text();
	test_extack();
	printf("1..%d\n", points);
	return !!failures;
}
