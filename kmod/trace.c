// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints of our own, for perf, ftrace and bpftrace.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
