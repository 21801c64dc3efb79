// SPDX-License-Identifier: GPL-2.0
/*
 * Why a pair was chosen, in words.
 *
 * MapScore = urgency x latency preference + alpha x starvation
 *	    + beta x (energy preference - switch cost)
 *
 * The three summands of the pair that was chosen are compared with those of the
 * best one that was not; the largest difference is the reason, and inside it the
 * factor or term that differs most. Of other policies, some have one criterion, which
 * can be named; the rest is explained by what the policy says about itself.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "output.h"

static double real(double fixed)
{
	return fixed / DREAM_SCORE_ONE;
}

static const char *in_time(char *cell, double ns)
{
	return format_number(cell, ns, F_TIME);
}

static bool same_job(const struct dream_score *a, const struct dream_score *b)
{
	return a->queue == b->queue && a->seqno == b->seqno;
}

/* "its layer takes 1 ms here, the other one 2 ms". */
static void explain_latency(char *text, const struct dream_score *chosen,
			    const struct dream_score *second)
{
	char one[CELL_LEN], other[CELL_LEN];

	if (same_job(chosen, second))
		snprintf(text, EXPLANATION_LEN,
			 "its layer takes %s there, and %s on accelerator %u",
			 in_time(one, (double)chosen->latency_ns),
			 in_time(other, (double)second->latency_ns),
			 second->accel);
	else
		snprintf(text, EXPLANATION_LEN,
			 "the accelerator suits its layer better: latency preference %.2f against %.2f",
			 real((double)chosen->lat_pref),
			 real((double)second->lat_pref));
}

static void explain_urgency(char *text, const struct dream_score *chosen,
			    const struct dream_score *second)
{
	char to_go[CELL_LEN], slack[CELL_LEN], to_go2[CELL_LEN], slack2[CELL_LEN];

	snprintf(text, EXPLANATION_LEN,
		 "it was more urgent: %s to go with %s left, against %s with %s",
		 in_time(to_go, (double)chosen->to_go_ns),
		 in_time(slack, (double)chosen->slack_ns),
		 in_time(to_go2, (double)second->to_go_ns),
		 in_time(slack2, (double)second->slack_ns));
}

static void explain_energy(char *text, const struct dream_score *chosen,
			   const struct dream_score *second)
{
	double preference = (double)chosen->en_pref - (double)second->en_pref;
	double moves = (double)second->switch_cost - (double)chosen->switch_cost;
	char one[CELL_LEN], other[CELL_LEN];

	if (moves > preference)
		snprintf(text, EXPLANATION_LEN,
			 "fewer activations had to be moved: switch cost %.2f against %.2f",
			 real((double)chosen->switch_cost),
			 real((double)second->switch_cost));
	else
		snprintf(text, EXPLANATION_LEN,
			 "the accelerator saves more energy: %s for its layer, preference %.2f; the other %s, %.2f",
			 format_number(one, (double)chosen->energy_nj, F_ENERGY),
			 real((double)chosen->en_pref),
			 format_number(other, (double)second->energy_nj, F_ENERGY),
			 real((double)second->en_pref));
}

static double energy_term(const struct dream_score *score)
{
	return real((double)score->en_pref) - real((double)score->switch_cost);
}

static void explain_map_score(char *text, const struct dream_score *chosen,
			      const struct dream_score *second,
			      const struct rules *rules)
{
	double urgency = real((double)chosen->urgency);
	double urgency2 = real((double)second->urgency);
	double lat_pref = real((double)chosen->lat_pref);
	double lat_pref2 = real((double)second->lat_pref);
	double time = urgency * lat_pref - urgency2 * lat_pref2;
	double waiting = rules->alpha * (real((double)chosen->starvation) -
					   real((double)second->starvation));
	double energy = rules->beta * (energy_term(chosen) -
					 energy_term(second));

	if (time >= waiting && time >= energy) {
		if (urgency * lat_pref2 > urgency2 * lat_pref)
			explain_urgency(text, chosen, second);
		else
			explain_latency(text, chosen, second);
	} else if (waiting >= energy) {
		snprintf(text, EXPLANATION_LEN,
			 "it had waited longer for the length of its layer: starvation %.2f against %.2f",
			 real((double)chosen->starvation),
			 real((double)second->starvation));
	} else {
		explain_energy(text, chosen, second);
	}
}

/* A deadline as people say it: "in 3 ms", or "3 ms ago". */
static const char *when(char *text, size_t size, int64_t slack_ns)
{
	char cell[CELL_LEN];

	in_time(cell, fabs((double)slack_ns));
	snprintf(text, size, slack_ns < 0 ? "%s ago" : "in %s", cell);
	return text;
}

static void explain_deadline(char *text, const struct dream_score *chosen,
			     const struct dream_score *second,
			     const struct rules *rules)
{
	char one[CELL_LEN + 8], other[CELL_LEN + 8];

	(void)rules;
	snprintf(text, EXPLANATION_LEN,
		 "its deadline was earlier: %s, the other one's %s",
		 when(one, sizeof(one), chosen->slack_ns),
		 when(other, sizeof(other), second->slack_ns));
}

static double laxity(const struct dream_score *score)
{
	return (double)score->slack_ns - (double)score->min_to_go_ns;
}

static void explain_laxity(char *text, const struct dream_score *chosen,
			   const struct dream_score *second,
			   const struct rules *rules)
{
	char one[CELL_LEN], other[CELL_LEN];

	(void)rules;
	snprintf(text, EXPLANATION_LEN,
		 "it could wait less and still be in time: %s, the other one %s",
		 in_time(one, laxity(chosen)), in_time(other, laxity(second)));
}

static void explain_order(char *text, const struct dream_score *chosen,
			  const struct dream_score *second,
			  const struct rules *rules)
{
	(void)chosen;
	(void)second;
	(void)rules;
	snprintf(text, EXPLANATION_LEN, "it was released first");
}

/* Policies with a criterion that can be named. */
static const struct {
	const char *policy;
	void (*explain)(char *text, const struct dream_score *chosen,
			const struct dream_score *second,
			const struct rules *rules);
} criteria[] = {
	{ "dream", explain_map_score },
	{ "edf", explain_deadline },
	{ "llf", explain_laxity },
	{ "fifo", explain_order },
	{ "fifo-static", explain_order },
};

static void explain_by_doc(char *text, const char *name,
			   const struct rules *rules)
{
	const char *doc = "no longer known";
	int i;

	for (i = 0; i < rules->policy_count; i++) {
		if (!strcmp(rules->policies[i].name, name))
			doc = rules->policies[i].doc;
	}
	snprintf(text, EXPLANATION_LEN, "it came first under the policy: %s", doc);
}

/**
 * explain() - why a pair was chosen
 * @text: out, EXPLANATION_LEN bytes: one sentence without its full stop
 * @chosen: the pair
 * @second: the best pair that was not chosen; NULL if there was no other
 * @rules: what decides
 */
void explain(char *text, const struct dream_score *chosen,
	     const struct dream_score *second, const struct rules *rules)
{
	size_t i;

	if (!second) {
		snprintf(text, EXPLANATION_LEN, "nothing else could be chosen");
		return;
	}
	for (i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++) {
		if (strcmp(chosen->policy, criteria[i].policy))
			continue;
		if (chosen->score != second->score)
			criteria[i].explain(text, chosen, second, rules);
		else
			snprintf(text, EXPLANATION_LEN,
				 "the scores were equal: then the job goes first that was released first, and the accelerator with the smaller id");
		return;
	}
	explain_by_doc(text, chosen->policy, rules);
}
