#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do the tests of the pure core notice when it is wrong? Each line below breaks
# one thing in a copy of the core: a term is swapped, a sign turned, a bound
# dropped. At least one user-space test must then fail.

set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp -r ../kmod "$tmp/kmod"

# file (without .c), sed expression, what it breaks; "|" in the expression is fine
mutations=$(cat <<'LIST'
score|s/num << DREAM_Q/num << 15/|scale of a ratio
score|s/return DREAM_RATIO_MAX;/return 0;/|something over nothing
score|s/fls64(num) - 47/fls64(num) - 49/|numerator overflows
score|s/den >>= excess;//|denominator not scaled
score|s/return min(\(div64_u64(.*, den)\), DREAM_RATIO_MAX);/return \1;/|ratio not bounded
score|s/if (!num)/if (0)/|nothing over nothing
score|s/return -(s64)min/return (s64)min/|slack of a late job positive
score|s/return (s64)min(deadline_ns - now_ns, DREAM_TIME_MAX)/return (s64)(deadline_ns - now_ns)/|slack not bounded
score|s/deadline_ns >= now_ns/deadline_ns > now_ns + 1/|slack just before the deadline
score|s/slack < floor/slack > floor/|slack capped, not floored
score|s/slack = floor;/slack = 1;/|floor of 1 ns
score|s/max(in->slack_floor_ns, DREAM_SLACK_MIN)/DREAM_SLACK_MIN/|parameter for the floor ignored
score|s/in->now_ns > in->prev_end_ns ?/1 ?/|negative waiting time
score|s/in->to_go_ns, (u64)slack/in->lat_mean_ns, (u64)slack/|urgency of the layer alone
score|s/in->to_go_ns, (u64)slack/(u64)slack, in->to_go_ns/|urgency upside down
score|s/in->lat_sum_ns, in->lat_ns/in->lat_ns, in->lat_sum_ns/|latency preference upside down
score|s/in->lat_sum_ns, in->lat_ns/in->lat_mean_ns, in->lat_ns/|mean for sum
score|s/waited, in->lat_mean_ns/waited, in->lat_ns/|starvation by own latency
score|s/min(in->starv_cap, DREAM_RATIO_MAX)/DREAM_RATIO_MAX/|starvation not capped
score|s/in->energy_sum_nj, in->energy_nj/in->energy_nj, in->energy_sum_nj/|energy preference upside down
score|s/in->energy_sum_nj, in->energy_nj/in->lat_sum_ns, in->lat_ns/|latency for energy
score|s/in->switch_nj, in->energy_nj/in->switch_nj, in->energy_sum_nj/|switch over all energies
score|s/urgent = DREAM_PRODUCT_MAX/urgent = 0/|product overflows
score|s/60 + DREAM_Q/61 + DREAM_Q/|bound of the product doubled
score|s/60 + DREAM_Q/59 + DREAM_Q/|bound of the product halved
score|s/urgent = mul_u64_u64_shr(out->urgency, out->lat_pref, DREAM_Q)/urgent = out->urgency + out->lat_pref/|sum for product
score|s/weigh(in->alpha, out->starvation)/weigh(in->beta, out->starvation)/|beta for alpha
score|s/weigh(in->beta, out->en_pref) -/weigh(in->beta, out->en_pref) +/|switch as a bonus
score|s/weigh(in->beta, out->en_pref)/weigh(in->alpha, out->en_pref)/|alpha for beta
score|s/weigh(in->beta, out->switch_cost)/weigh(in->alpha, out->switch_cost)/|switch weighed by alpha
score|s/(s64)urgent +/(s64)urgent -/|starvation as a malus
score|s/(s64)weigh(in->alpha, out->starvation) +/0 +/|no starvation
score|s/min(weight, DREAM_WEIGHT_MAX)/weight/|weights not bounded
path|s/return min(ns, DREAM_TIME_MAX)/return ns/|times not bounded
path|s/go_on \* stay + jump \* ppm/go_on * ppm + jump * stay/|gate the wrong way round
path|s/stay = DREAM_PPM - ppm/stay = DREAM_PPM/|probabilities do not add up
path|s/1ULL << 43/1ULL << 50/g|expectation overflows
path|s/div64_u64(jump, DREAM_PPM) \* ppm/div64_u64(jump, DREAM_PPM) * stay/|gate of long paths
path|s/if (accels\[c\] && !val\[c\])/if (!val[c])/|absent class filled
path|s/if (accels\[c\] && !val\[c\])/if (accels[c])/|known costs overwritten
path|s/unknown = div64_u64(sum, known)/unknown = sum/|sum for mean of the known
path|s/n += accels\[c\];/n++;/|classes counted, not accelerators
path|s/dream_sat_mul(lat\[c\], accels\[c\])/lat[c]/|sum over classes
path|s/dream_sat_mul(energy\[c\],/dream_sat_mul(lat[c],/|latency for energy
path|s/max(pl->energy_max, energy\[c\])/min(pl->energy_max, energy[c])/|smallest energy
path|s/min(pl->lat_min, lat\[c\])/max(pl->lat_min, lat[c])/|largest latency
path|s/if (!accels\[c\])/if (0)/|absent class counts
path|s/pl->gate_target <= p->layers/pl->gate_target < p->layers/|no early exit
path|s/jump->rest_mean/next->rest_mean/|gate forgotten
path|s/jump->rest_min/next->rest_min/|gate forgotten in the minimum
path|s/cap(pl->lat_min +/cap(pl->lat_mean +/|mean for minimum
path|s/dream_sat_add(p->energy_max, pl->energy_max)/dream_sat_add(p->energy_max, pl->energy_sum)/|sum for the largest energy
path|s/p->energy_max = 0;//|largest energy never reset
path|s/memset(end, 0, sizeof(\*end));//|end of the path not zero
path|s/pl->lat_sum = 0;//|sums never reset
policy|s/return a->score > b->score/return a->score < b->score/|smallest score
policy|s/return oa < ob/return oa > ob/|last released first
policy|s/return a->accel < b->accel/return a->accel > b->accel/|last accelerator first
policy|s/if (!st->accels\[cand.accel\]->free)/if (0)/|busy accelerator
policy|s/pick->second = pick->best;//|former best forgotten
policy|s/!pick->has_second ||//|first second forgotten
policy|s/pick->has_second = false;//|stale second
policy|s/st->evaluations++;//|evaluations not counted
policy|s/if (ret)/if (0)/|errors of a policy ignored
policy|s/pick->best.job >= st->job_count/pick->best.job > st->job_count/|job behind the last
policy|s/pick->best.accel >= st->accel_count/pick->best.accel > st->accel_count/|accelerator behind the last
policy|s/!st->accels\[pick->best.accel\]->free/0/|busy accelerator accepted
policy|s/pick->second.job >= st->job_count/0/|second job not checked
policy|s/pick->second.accel >= st->accel_count/0/|second accelerator not checked
policy|s/dream_sat_mul(bytes, pj), 1000/dream_sat_mul(bytes, pj), 1/|pJ for nJ
policy|s/accel->last_order == job->order/accel->last_order != job->order/|switch for the job at home
policy|s/\.to_go_ns = pl->rest_mean/.to_go_ns = pl->rest_min/|minToGo for ToGo
policy|s/job->path->layer\[job->layer\].in_bytes/job->path->layer[job->layer].out_bytes/|fetches what it writes
policy|s/dream_sat_add(accel->last_out_bytes,/dream_sat_add(0,/|nothing written back
policy|s/\.prev_end_ns = job->prev_end_ns/.prev_end_ns = job->release_ns/|starvation since release
policy|s/\.lat_mean_ns = pl->lat_mean/.lat_mean_ns = pl->lat_min/|minimum for mean
policy|s/\.energy_nj = dream_path_energy/.energy_nj = dream_path_lat/|latency for energy
policy|s/\.alpha = st->params->alpha/.alpha = st->params->beta/|beta for alpha
policy|s/\.starv_cap = st->params->starv_cap/.starv_cap = DREAM_RATIO_MAX/|parameter starv-cap ignored
policy|s/return -(s64)min_t(u64, order, S64_MAX)/return -(s64)order/|large orders overflow
policy|s/return -(s64)min/return (s64)min/|larger orders first
policy|s/!strcmp((\*p)->name, name)/!strncmp((*p)->name, name, 3)/|names that begin alike
policy_dream|s/terms.map_score/(s64)terms.urgency/|urgency alone
policy_edf|s/key = dream_order_score/key = -dream_order_score/|latest deadline first
policy_edf|s/st->jobs\[j\]->deadline_ns/st->jobs[j]->order/|goes by order
policy|s/return v\[a\].key > v\[b\].key/return v[a].key < v[b].key/|smallest key
policy|s/return st->jobs\[a\]->order < st->jobs\[b\]->order/return a < b/|ties by the list
policy|s/lat < best_lat)/lat <= best_lat)/|largest id among equals
policy|s/best == DREAM_NO_ACCEL || lat < best_lat/best == DREAM_NO_ACCEL || lat > best_lat/|slowest accelerator
policy|s/if (!st->accels\[a\]->free)/if (0)/|busy accelerator for a chosen job
policy|s/second = first;//|former best job forgotten
policy_edf|s/\*score = dream_order_score(job->deadline_ns)/*score = dream_order_score(job->order)/|scores by order
policy_fifo|s/dream_order_score(job->order)/dream_order_score(job->deadline_ns)/|scores by deadline
policy_fifo|s/dream_order_score(job->order)/(s64)job->order/|last in, first out
policy_fifo_static|s/load < best_load/load <= best_load/|largest id
policy_fifo_static|s/load < best_load/load > best_load/|largest load
policy_fifo_static|s/q->period_ns ? q->period_ns : q->deadline_ns/q->deadline_ns/|deadline for period
policy_fifo_static|s/q->pin != DREAM_NO_ACCEL && find_accel(st, q->pin)/0/|pinned again and again
policy_fifo_static|s/ && find_accel(st, q->pin)//|pinned to what has gone
policy_fifo_static|s/best->pin_load = best_load;//|loads do not add up
policy_fifo_static|s/return job->queue->pin == accel->id/return true/|runs anywhere
policy_fifo_static|s/a->pin_load -= min(a->pin_load, q->pin_load);//|load of a queue stays
policy_fifo_static|s/q->pin = DREAM_NO_ACCEL;//|pin of a queue stays
policy_fifo_static|s/l < job->path->layers/l < 1/|first layer only
policy|s/st->now_ns - accel->free_at_ns)/0)/|no patience with late devices
policy|s/child + 1 < n \&\&/0 \&\&/|heap with one child
policy|s/a->key > b->key : a->order > b->order/a->key > b->key : a->order < b->order/|equal keys the wrong way round
decide|s/slack > 0 \&\&/1 \&\&/|heaviest variant for late frames
decide|s/rest_mean, load) <=/rest_mean, load) </|what just fits does not fit
decide|s/max(st->active, n)/st->active/|bonus for idle accelerators
decide|s/min(job->variants - 1, job->queue->variant_max)/job->variants - 1/|limit of the queue ignored
decide|s/i < DROP_WINDOW - 1/i < DROP_WINDOW/|window too long
decide|s/job->wanted || !hopeless/!hopeless/|drops what others wait for
decide|s/min_to_go(job) > (u64)slack/min_to_go(job) >= (u64)slack/|what just fits is hopeless
decide|s/rest_mean > (u64)slack/rest_min > (u64)slack/|others miss only if hopeless
decide|s/recent_drops(q) < cap/recent_drops(q) <= cap/|one drop too many
decide|s/misses > will_miss(st, job)/misses/|drops for its own sake
decide|s/value < worst/value > worst/|least hopeless first
decide|s/VIOLATION_SHIFT	5/VIOLATION_SHIFT	4/|average forgets too fast
decide|s/if (st->jobs\[j\]->started)/if (0)/|variant changed in mid-frame
decide|s/if (st->params->supernet)/if (1)/|parameter supernet ignored
decide|s/!st->job_count || !any_free(st)/0/|policies asked for nothing
policy_llf|s/rest_min -/rest_mean -/|mean for minimum
policy_rr|s/++st->turns/st->turns/|turns not counted
policy_fair|s/max(job->queue->vruntime, st->min_vruntime)/job->queue->vruntime/|credit for sleepers
policy_fair|s/max(q->weight, 1U)/WEIGHT_ONE/|weights ignored
policy_planaria|s/job->deadline_ns) \* devices/job->deadline_ns)/|devices not counted
policy_planaria|s/i < st->running_count/i < 0/|running jobs need nothing
policy_prema|s/power <= most \/ 3/power <= most \/ 9/|threshold too low
policy_prema|s/waited -= min(waited, job->ran_ns);//|running is waiting
policy_prema|s/have < enough/have <= enough/|enough is not enough
policy_reserve|s/= -best_score/= best_score/|smallest score first
policy_fair|s/least = min(least, st->running.*/;/|running queues do not count
policy_fair|s/dream_sat_mul(ns, WEIGHT_ONE)/(ns * WEIGHT_ONE)/|run time overflows
policy_planaria|s/st->accel_count - 1/st->accel_count/|one step too many
policy_planaria|s/pl->rest_min > (u64)slack/pl->rest_min >= (u64)slack/|what just fits cannot make it
policy_planaria|s/pl->rest_mean <= (u64)slack/pl->rest_mean < (u64)slack/|one device is not enough
policy_planaria|s/if (fit)/if (!fit)/|spare devices by need
policy_prema|s/layer\[0\].rest_min/layer[job->layer].rest_min/|isolated time of the rest
policy_prema|s/DREAM_ONE + slowdown/slowdown/|no tokens to begin with
policy_prema|s/power \/= 3/power \/= 2/|levels below one
policy_prema|s/(s64)have - BELOW/(s64)have/|too few tokens beat enough
policy_prema|s/dream_sat_add(job->ran_ns, ns)/ns/|last layer for the sum
policy_veltair|s/job->layer < job->block_end/job->layer <= job->block_end/|block too long
policy_veltair|s/time > limit/time >= limit/|block too short
policy_veltair|s/!p->layer\[l\].gate_target \&\& //|block across a gate
policy_veltair|s/max(st->active, st->accel_count)/st->active + 1/|limit above that of low load
policy_veltair|s/return job->last_accel == accel->id;/return true;/|block moves
policy_veltair|s/job->queue->deadline_ns) <= share/job->queue->deadline_ns) < share/|share just kept is not
policy_veltair|s/return in_block(a);/return in_block(b);/|blocks do not go first
policy_veltair|s/a->order < b->order/a->order > b->order/|last come
policy_veltair|s/job->block_end = 0;//|block outlives its accelerator
policy_veltair|s/\&\& !in_block(job)//|block cut in the middle
policy_compass|s/, 1000)/, 1)/|bytes per ns
policy_compass|s/dream_sat_mul(ns, 2)/ns/|eviction for nothing
policy_compass|s/!accel->local_mem_bytes ||//|no memory, no room
policy_compass|s/run \/ 2/run/|waits 2 R
policy_compass|s/accel->resident_count < DREAM_RESIDENT_MAX \&\&//|too many models
policy_compass|s/used_ns >=/used_ns <=/|most recently used goes
policy_compass|s/if (next < farthest)/if (next > farthest)/|next used goes
policy_compass|s/|| job->weight_bytes > accel->local_mem_bytes//|evicts for what does not fit
policy_compass|s/job->plan = st->accels\[best\]->id;//|plan forgotten
policy_compass|s/best = kept_plan(st, job)/best = DREAM_NO_ACCEL/|plan not kept
policy_terastal|s/rest_mean - pl->lat_mean/rest_mean/|due before its own layer
policy_terastal|s/(s64)job->path->layer\[job->layer\].lat_min/0/|own time does not count
policy_terastal|s/dream_switch_nj(st, job, accel)/0/|switch is free
policy_terastal|s/left < 0 ||//|late jobs are in time
policy_terastal|s/span = max(span, 0LL);//|deadline before the release
policy_reserve|s/best = max(best, score)/best = score/|last accelerator for the best
policy|s/if (!sorts_after(&v\[child\], &top))/if (1)/|heap that is none
policy|s/if (dream_finish(job, st->accels\[a\]) </if (dream_finish(job, st->accels[a]) <=/|earliest end on the largest id
policy|s/if (dream_finish(job, st->accels\[a\]) </if (dream_finish(job, st->accels[a]) >/|latest end
policy|s/return dream_sat_add(accel->avail_ns,/return dream_sat_add(0,/|busy is as good as idle
policy|s/st->accels\[a\]->avail_ns = end_ns;/;/|no reservations
policy|s/^	dream_avail_start(st);//|reservations of the last time
policy|s/avail_ns = dream_avail(st, st->accels\[a\])/avail_ns = st->now_ns/|all are idle to begin with
policy|s/v\[i\].order = st->jobs\[i\]->order/v[i].order = i/|order of the list
policy|s/^	dream_sort(v, st->job_count);//|no order at all
policy|/if (a == DREAM_NO_ACCEL)/{n;s/continue/break/}|all wait behind one that waits
policy|s/if (st->accels\[a\]->free) {/if (1) {/|starts where it should reserve
policy|s/dream_pick_pair(ops, st, v\[i\].job, a, pick)/dream_pick_pair(ops, st, i, a, pick)/|place in the order for the job
policy_reserve|s/\*end_ns = .*;/*end_ns = st->accels[a]->avail_ns;/|no reservations
policy_compass|s/\*end_ns = .*;/*end_ns = st->accels[a]->avail_ns;/|plans do not add up
policy_compass|s/key = 0/key = -(s64)st->jobs[i]->order/|last come, first planned
policy_compass|s/if (finish(job, st->accels\[a\]) </if (finish(job, st->accels[a]) >/|ends last
policy_terastal|s/if (a == DREAM_NO_ACCEL)$/if (1)/|energy ignored
policy_terastal|s/\*end_ns = .*;/*end_ns = st->accels[a]->avail_ns;/|no reservations
policy_terastal|s/!accel->free || left < 0/left < 0/|waits to save energy
policy_lbe|s/st->violations < CALM/st->violations <= CALM/|calm a bit longer
policy_lbe|s/st->violations < CALM/1/|always calm
policy_lbe|s/st->violations < CALM/0/|never calm
policy_lbe|s/(DREAM_ONE \/ 10)/(DREAM_ONE \/ 5)/|calm twice as long
policy_lbe|s/layer\[0\].rest_min/layer[job->layer].rest_min/|the rest for the whole job
policy_lbe|s/whole(job) >= period/whole(job) > period/|catches up with all its time taken
policy_lbe|s/if (whole(job) >= period)/if (0)/|catches up without a period
policy_lbe|s/calm(st) ? period : period - whole(job)/period - whole(job)/|catches up no more in calm than else
policy_lbe|s/calm(st) ? period : period - whole(job)/period/|catches up no less than in calm
policy_lbe|s/return (s64)(calm(st) ?/return 0 * (s64)(calm(st) ?/|late is late
policy_lbe|/^static s64 grace/,/^}/s/min(job->queue->period_ns, DREAM_TIME_MAX)/job->queue->period_ns/|grace overflows
policy_lbe|/^static s64 laxity/,/^}/s/min(job->queue->period_ns, DREAM_TIME_MAX)/job->queue->period_ns/|laxity overflows
policy_lbe|s/if (lax >= 0 || /if (/|in time, and until the next one, too
policy_lbe|s/lax >= 0 || lax/lax > 0 || lax/|just in time is late
policy_lbe|s/lax + grace(st, job) < 0/lax + grace(st, job) <= 0/|what just lets the next one be met does not
policy_lbe|s/return max(lax + (s64)(period - whole(job)), 0LL)/return 0/|late frames have no time
policy_lbe|s/return max(\(lax + (s64)(period - whole(job))\), 0LL)/return \1/|catches up in the background
policy_lbe|s/lax + (s64)(period - whole(job))/lax + (s64)period/|the next one takes no time
policy_lbe|s/(s64)next_layer(job)->rest_min/0/|laxity of what takes no time
policy_lbe|s/pl->lat_min) \/ 10/pl->lat_min) \/ 5/|margin of what is behind doubled
policy_lbe|s/(pl->rest_min - pl->lat_min)/pl->rest_min/|margin of the next layer, too
policy_lbe|s/min(period_of(job->queue) \/ 20/min(period_of(job->queue) \/ 10/|margin of the period doubled
policy_lbe|s/return q->period_ns ? q->period_ns : q->deadline_ns;/return q->period_ns;/|no margin without a period
policy_lbe|s/return q->period_ns ? q->period_ns : q->deadline_ns;/return q->deadline_ns;/|deadline for period
policy_lbe|s/(u64)st->job_count + st->running_count/(u64)st->job_count/|running jobs are no load
policy_lbe|s/(u64)st->job_count + st->running_count/(u64)st->running_count/|ready jobs are no load
policy_lbe|s/^[[:space:]]*(u64)st->accel_count);/0ULL);/|load below one
policy_lbe|s/dream_sat_mul((u64)spare, st->accel_count)/(u64)spare/|load of one accelerator
policy_lbe|s/max(pl->lat_mean, whole(job))/whole(job)/|price of a short job
policy_lbe|s/max(pl->lat_mean, whole(job))/pl->lat_mean/|price of a layer
policy_lbe|s/max(pl->lat_mean, whole(job))/max(pl->lat_mean, pl->rest_min)/|price of the rest
policy_lbe|s/if (spare <= 0)/if (1)/|time at any price
policy_lbe|s/if (price == PRICE_INFINITE)/if (0)/|a price that is never infinite
policy_lbe|s/return min(took, DREAM_PRODUCT_MAX)/return 0/|no time, no choice
policy_lbe|s/60 + DREAM_Q/65 + DREAM_Q/|price of a long wait overflows
policy_lbe|s/dream_ratio(took, pl->lat_mean)/dream_ratio(took, pl->lat_min)/|time by the fastest
policy_lbe|s/dream_sat_mul(energy, st->accel_count)/energy/|sum for mean energy
policy_lbe|s/energy = dream_path_energy/energy = dream_path_lat/|latency for energy
policy_lbe|s/return time + dream_ratio/return dream_ratio/|time is free
policy_lbe|s/u64 took = end_ns - st->now_ns/u64 took = dream_path_lat(job->path, job->layer, accel->cls)/|waiting is free
policy_lbe|s/energy = dream_path_energy(/energy = dream_switch_nj(st, job, accel) + dream_path_energy(/|switch is charged
policy_lbe|s/if (c < least)/if (c > least || least == U64_MAX)/|most expensive place
policy_lbe|s/if (c < least)/if (c <= least)/|largest id among equals
policy_lbe|s/laxity(st, job) >= 0);/1);/|score of late frames as if timely
policy_lbe|s/dream_sat_add(dream_avail(st, accel),/dream_sat_add(st->now_ns,/|score as if idle
policy_lbe|s/return timely ? price_timely/return 1 ? price_timely/|background without a price of its own
policy_lbe|s/(calm(st) ? PRICE_ANY : 0)/0/|background yields in calm
policy_lbe|s/(calm(st) ? PRICE_ANY : 0)/PRICE_ANY/|background never yields
policy_lbe|s/st->now_ns - min(job->prev_end_ns, st->now_ns)/0/|background waits for ever
policy_lbe|s/min(job->prev_end_ns, st->now_ns)/job->release_ns/|waits since its release
policy_lbe|s/dream_ratio(waited, whole(job))/dream_ratio(waited, next_layer(job)->lat_mean)/|waits by the layer
policy_lbe|s/(8 \* DREAM_ONE)/(7 * DREAM_ONE)/|background hurries sooner
policy_lbe|s/price >= PRICE_ANY/price > PRICE_ANY/|background hurries a moment later
policy_lbe|s/return price >= PRICE_ANY/return 0/|background waits on
policy_lbe|s/return price >= PRICE_ANY/return 1/|background never waits
policy_lbe|s/if (timely || st->accels\[a\]->free)/if (1)/|background reserves
policy_lbe|s/if (timely || st->accels\[a\]->free)/if (st->accels[a]->free)/|timely jobs do not reserve
policy_lbe|s/timely = entry->key < BACKGROUND \/ 2/timely = true/|background placed as if timely
policy_lbe|s/\*end_ns = .*;/*end_ns = st->accels[a]->avail_ns;/|no reservations
policy_lbe|s/key \* WEIGHT_ONE, weight/key * weight, WEIGHT_ONE/|light ones first
policy_lbe|s/key \* WEIGHT_ONE, weight/key, 1/|no weight among the timely
policy_lbe|s/key = calm(st) ? (u64)lax : .*;/key = (u64)lax;/|worth of a frame ignored
policy_lbe|s/key = calm(st) ? (u64)lax : /key = /|worth of a frame before its laxity
policy_lbe|s/dream_sat_mul((u64)-lax, weight)/dream_sat_mul((u64)-lax, WEIGHT_ONE)/|no weight in the background
policy_lbe|s/return BACKGROUND -/return BACKGROUND +/|least late first
policy_lbe|s/^	if (lax < 0)/	if (0)/|late ones first
policy_lbe|s/(u64)BACKGROUND \/ 2 - 1/(u64)S64_MAX/|light ones fall into the background
policy_lbe|s/(u64)BACKGROUND \/ 2);/(u64)S64_MAX);/|heavy ones rise from the background
tune|s/if (violated)$/if (1)/|trials while all is met
tune|s/\&\& centre - trial > centre \/ GAIN_PART//|moves for any gain
tune|s/min(t->before, after)/t->before/|drift taken for gain
tune|s/min(t->before, after)/after/|rise of the load taken for gain
tune|s/t->trying || !uxcost/t->trying/|empty window at the centre
tune|s/t->trying \&\& uxcost/t->trying/|empty trial
tune|s/t->moved \&\& uxcost >= t->old_cost/false/|a move that does not last stays
tune|s/t->radius \/= 2;/;/|never looks closer
tune|s/(t->direction + 1) % DREAM_TUNE_TRIALS/t->direction/|one direction alone
tune|s/return value - min(value, radius);/return value - radius;/|below zero
tune|s/min(value + radius, (u32)DREAM_TUNE_MAX)/value + radius/|above the bound
tune|s/t->trying = false;//|stays at a trial
tune|s/t->failed = 0;$/;/|looks closer too early
tune|s/t->centre_alpha = t->old_alpha;//|half a way back
LIST
)

build()
{
	make -s CORE="$tmp/kmod" OUT="$tmp/out" SANITIZE= \
		flags='-O1 -std=gnu11 -w -MMD -MP' "$@"
}

# Tests of a file, the one that looks closest at it first.
tests_of()
{
	case $1 in
	score)		echo score policy ;;
	path)		echo path ;;
	decide)		echo decide drop ;;
	tune)		echo tune ;;
	policy|policy_dream|policy_edf|policy_fifo*)
			echo policy policies policy_reserve policy_lbe ;;
	*)		echo "$1" policies ;;
	esac
}

# Does a test fail?
noticed()
{
	local test

	for test in $(tests_of "$1"); do
		test=$tmp/out/user/test_$test
		build "$test" || {
			echo "# does not compile"
			return 1
		}
		timeout 30 "$test" >/dev/null 2>&1 || return 0
	done
	return 1
}

count=$(wc -l <<<"$mutations")
failed=0 n=0
echo 'TAP version 13'
echo "1..$((count + 1))"

for file in $(cut -d"|" -f1 <<<"$mutations" | sort -u); do
	if noticed $file; then
		echo "not ok 1 unbroken core: $file"
		exit 1
	fi
done
echo 'ok 1 unbroken core'

while IFS='|' read -r file rest; do
	n=$((n + 1))
	what=${rest##*|} edit=${rest%|*}
	sed "$edit" "../kmod/$file.c" >"$tmp/kmod/$file.c"
	if cmp -s "../kmod/$file.c" "$tmp/kmod/$file.c"; then
		echo "not ok $((n + 1)) $file: $what: changes nothing"
		failed=1
	elif noticed "$file"; then
		echo "ok $((n + 1)) $file: $what"
	else
		echo "not ok $((n + 1)) $file: $what: not noticed"
		failed=1
	fi
	cp "../kmod/$file.c" "$tmp/kmod/$file.c"
done <<<"$mutations"
exit $failed
