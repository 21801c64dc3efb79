// SPDX-License-Identifier: GPL-2.0
/*
 * Simulate every scenario on every platform under every policy, as CSV.
 *
 * Writes runs.csv, bounds.csv and times.csv; of one policy alone with -p, with one set
 * of mechanisms alone with -m. Processes share the cells (scenario, platform, load)
 * among themselves; the rows come in no particular order.
 */
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bound.h"
#include "draws.h"
#include "memory.h"
#include "sim.h"

/* ------------------------------------------------------------ configurations */

/**
 * struct config - a policy with mechanisms
 * @policy: policy
 * @mechanisms: what they are called
 * @drop: rule
 * @supernet: variants are chosen
 * @tune: weights are tuned
 * @window: length of a window in ms, 0 for the default
 * @alpha: weight
 * @beta: weight
 */
struct config {
	const struct dream_policy_ops *policy;
	const char *mechanisms;
	double drop;
	double supernet;
	double tune;
	double window;
	double alpha;
	double beta;
};

/* Weights that are tried, each with each. */
static const double weights[] = { 0, 0.1, 0.5, 1, 2 };

static const double usual_loads[] = { 0.25, 0.5, 1, 2 };

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct config *configs;
static size_t config_count;
/* The policy that is asked for, NULL for all. */
static const struct dream_policy_ops *only;
/* The mechanisms that are asked for, NULL for all. */
static const char *only_mechanisms;

/* Take it, if it is one of those that are asked for. */
static void add_config(const struct config *config)
{
	if (only && config->policy != only)
		return;
	if (only_mechanisms && strcmp(config->mechanisms, only_mechanisms))
		return;
	configs = must_grow(configs, config_count, sizeof(*configs));
	configs[config_count++] = *config;
}

static void add_weights(const char *policy, const char *mechanisms)
{
	struct config config = {
		.policy = dream_policy_find(policy),
		.mechanisms = mechanisms,
		.drop = DREAM_DROP_DREAM,
		.supernet = 1,
	};
	size_t i, j;

	for (i = 0; i < COUNT(weights); i++) {
		for (j = 0; j < COUNT(weights); j++) {
			config.alpha = weights[i];
			config.beta = weights[j];
			add_config(&config);
		}
	}
}

static void add_configs(void)
{
	const struct dream_policy_ops *const *policy;
	struct config config;

	for (policy = dream_policies; *policy; policy++) {
		config = (struct config) {
			.policy = *policy,
			.mechanisms = "bare",
			.alpha = 1,
			.beta = 1,
		};
		add_config(&config);
		config.mechanisms = "equal";
		config.drop = DREAM_DROP_DREAM;
		config.supernet = 1;
		add_config(&config);
		config.mechanisms = "hopeless";
		config.drop = DREAM_DROP_HOPELESS;
		add_config(&config);
	}
	config.policy = dream_policy_find("dream");
	config.mechanisms = "tuned";
	config.drop = DREAM_DROP_DREAM;
	config.tune = 1;
	add_config(&config);
	config.mechanisms = "tuned-0.5s";
	config.window = 500;
	add_config(&config);
	add_weights("dream", "weights");
}

/* --------------------------------------------------------------------- cells */

/**
 * struct matrix - what there is to simulate
 * @scenarios: files
 * @platforms: files
 * @seeds: number of seeds, from 1 on
 * @duration_ns: length of each run
 * @loads: loads
 * @load_count: their number
 * @cells: number of cells
 * @next: next cell that nobody works on; shared by all processes
 * @out: runs.csv
 * @bounds: bounds.csv
 * @times: times.csv
 */
struct matrix {
	glob_t scenarios;
	glob_t platforms;
	uint64_t seeds;
	uint64_t duration_ns;
	double *loads;
	size_t load_count;
	size_t cells;
	atomic_size_t *next;
	int out;
	int bounds;
	int times;
};

/**
 * struct text - rows of a cell
 * @stream: where they are printed to
 * @data: the rows
 * @size: their length
 */
struct text {
	FILE *stream;
	char *data;
	size_t size;
};

static void text_open(struct text *text)
{
	text->stream = must_have(open_memstream(&text->data, &text->size));
}

/* At once: each file belongs to all processes. */
static void text_write(struct text *text, int fd)
{
	size_t done = 0;
	ssize_t n;

	fclose(text->stream);
	while (done < text->size) {
		n = write(fd, text->data + done, text->size - done);
		if (n < 0) {
			perror("matrix");
			exit(1);
		}
		done += n;
	}
	free(text->data);
}

static void set(struct sim_setup *setup, const char *name, double value)
{
	if (!sim_setup_param(setup, name, value))
		return;
	fprintf(stderr, "matrix: parameter %s\n", name);
	exit(1);
}

static uint64_t energy_of(const struct scenario *scenario,
			  const struct sim_result *result)
{
	uint64_t energy = 0;
	uint32_t i;

	for (i = 0; i < scenario->model_count; i++)
		energy += result->models[i].energy_nj;
	return energy;
}

static uint64_t done_of(const struct scenario *scenario,
			const struct sim_result *result)
{
	uint64_t done = 0;
	uint32_t i;

	for (i = 0; i < scenario->model_count; i++)
		done += tally_done(&result->models[i]);
	return done;
}

/*
 * UXCost if the frames that were done, with the variants that they ran, had all been
 * met and each layer had run where it needs the least energy: no policy that does
 * these frames has a lower one.
 */
static double floor_of(const struct scenario *scenario,
		       const struct sim_result *result)
{
	double dlv = 0, energy = 0;
	uint32_t i;

	for (i = 0; i < scenario->model_count; i++) {
		const struct tally *t = &result->models[i];

		if (!t->frames)
			continue;
		dlv += 0.5 / t->frames;
		energy += t->cheapest_nj / (t->frames * t->worst_nj);
	}
	return dlv * energy;
}

static void simulate(const struct scenario *scenario,
		     const struct config *config, FILE *out)
{
	const struct figures *f;
	struct sim_result result;
	struct sim_setup setup;
	uint32_t i;

	sim_setup_init(&setup, scenario, config->policy);
	set(&setup, "alpha", config->alpha);
	set(&setup, "beta", config->beta);
	set(&setup, "drop", config->drop);
	set(&setup, "supernet", config->supernet);
	set(&setup, "tune", config->tune);
	if (config->window)
		set(&setup, "window", config->window);
	sim_run(&setup, &result);

	for (i = 0; i < scenario->stream_count; i++) {
		if (tally_adds_up(&result.streams[i]) && !result.error)
			continue;
		fprintf(stderr, "matrix: %s on %s, %s: error %d\n",
			scenario->name, scenario->platform,
			config->policy->name, result.error);
		exit(1);
	}
	f = &result.figures;
	fprintf(out, "%s,%s,%g,%lu,%s,%s,%g,%g,", scenario->name,
		scenario->platform, scenario->load, scenario->seed,
		config->policy->name, config->mechanisms, config->alpha,
		config->beta);
	fprintf(out, "%lu,%lu,%lu,%lu,%.9g,%.9g,%.6g,", f->frames, f->violated,
		f->dropped, done_of(scenario, &result), f->uxcost, f->uxc,
		f->mean_variant);
	fprintf(out, "%lu,%lu,%.9g,%lu,%lu,%g,%g\n",
		energy_of(scenario, &result), result.cheapest_nj,
		floor_of(scenario, &result), result.decisions,
		result.evaluations, result.alpha / 1000.0, result.beta / 1000.0);
	sim_result_free(scenario, &result);
}

static const char *const runs_head[] = {
	"scenario", "platform", "load", "seed", "policy", "mechanisms", "alpha",
	"beta", "frames", "violated", "dropped", "done", "uxcost", "uxc",
	"mean_variant", "energy_nj", "cheapest_nj", "floor", "decisions",
	"evaluations", "last_alpha", "last_beta",
};

static void print_head(int out, const char *const *columns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		dprintf(out, "%s%c", columns[i], i + 1 < count ? ',' : '\n');
}

static void prove(const struct scenario *scenario, FILE *out)
{
	uint64_t frames = 0;
	uint32_t i;
	uint64_t n;

	for (i = 0; i < scenario->stream_count; i++)
		for (n = 0; n < scenario_frames(scenario,
						&scenario->streams[i]); n++)
			frames += draw_exists(scenario, i, n);
	fprintf(out, "%s,%s,%g,%lu,%lu,%lu,%lu\n", scenario->name,
		scenario->platform, scenario->load, scenario->seed, frames,
		bound_violations(scenario, true),
		bound_violations(scenario, false));
}

static const char bounds_head[] =
	"scenario,platform,load,seed,frames,violated,violated_heaviest\n";

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static const char times_head[] =
	"scenario,platform,load,policy,mechanisms,alpha,beta,seeds,seconds\n";

static void run_seeds(const struct matrix *matrix, struct scenario *scenario,
		      const struct config *config, struct text *out,
		      struct text *times)
{
	double begin = cpu_seconds();

	for (scenario->seed = 1; scenario->seed <= matrix->seeds;
	     scenario->seed++)
		simulate(scenario, config, out->stream);
	fprintf(times->stream, "%s,%s,%g,%s,%s,%g,%g,%lu,%.6f\n",
		scenario->name, scenario->platform, scenario->load,
		config->policy->name, config->mechanisms, config->alpha,
		config->beta, matrix->seeds, cpu_seconds() - begin);
}

static struct scenario *load_cell(const struct matrix *matrix, size_t cell)
{
	struct faults faults = { .out = stderr };
	struct scenario_overrides overrides = {
		.has_duration = true,
		.has_load = true,
		.duration_ns = matrix->duration_ns,
	};
	struct scenario *scenario;

	overrides.load = matrix->loads[cell % matrix->load_count];
	cell /= matrix->load_count;
	overrides.platform =
		matrix->platforms.gl_pathv[cell % matrix->platforms.gl_pathc];
	cell /= matrix->platforms.gl_pathc;
	scenario = scenario_load(matrix->scenarios.gl_pathv[cell], &overrides,
				 &faults);
	if (!scenario)
		exit(1);
	return scenario;
}

static void run_cell(const struct matrix *matrix, size_t cell)
{
	struct scenario *scenario = load_cell(matrix, cell);
	struct text out, bounds, times;
	size_t i;

	text_open(&out);
	text_open(&bounds);
	text_open(&times);
	for (i = 0; i < config_count; i++)
		run_seeds(matrix, scenario, &configs[i], &out, &times);
	for (scenario->seed = 1; scenario->seed <= matrix->seeds;
	     scenario->seed++)
		prove(scenario, bounds.stream);
	text_write(&out, matrix->out);
	text_write(&bounds, matrix->bounds);
	text_write(&times, matrix->times);
	scenario_free(scenario);
}

static void work(const struct matrix *matrix)
{
	size_t cell;

	while ((cell = (*matrix->next)++) < matrix->cells) {
		run_cell(matrix, cell);
		fprintf(stderr, "\rcell %zu of %zu", cell + 1, matrix->cells);
	}
}

/* ----------------------------------------------------------------- processes */

static int run_workers(const struct matrix *matrix, unsigned int workers)
{
	int status, ret = 0;

	while (workers--) {
		switch (fork()) {
		case 0:
			work(matrix);
			_exit(0);
		case -1:
			perror("matrix: fork");
			exit(1);
		}
	}
	while (wait(&status) > 0)
		if (status)
			ret = 1;
	fputc('\n', stderr);
	return ret;
}

static int create(const char *directory, const char *name, const char *head)
{
	struct text text;
	char *path;
	int fd;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		must_have(NULL);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		  0644);
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	text_open(&text);
	fputs(head, text.stream);
	text_write(&text, fd);
	free(path);
	return fd;
}

static void find(const char *directory, const char *pattern, glob_t *files)
{
	char *path;

	if (asprintf(&path, "%s/%s", directory, pattern) < 0)
		must_have(NULL);
	if (glob(path, 0, NULL, files)) {
		fprintf(stderr, "matrix: no %s\n", path);
		exit(1);
	}
	free(path);
}

static void add_load(struct matrix *matrix, double load)
{
	matrix->loads = must_grow(matrix->loads, matrix->load_count,
				  sizeof(*matrix->loads));
	matrix->loads[matrix->load_count++] = load;
}

int main(int argc, char **argv)
{
	struct matrix matrix = { .seeds = 10, .duration_ns = 10000000000 };
	unsigned int workers = 2;
	int option;
	size_t i;

	while ((option = getopt(argc, argv, "w:s:d:l:p:m:")) != -1) {
		if (option == 'w')
			workers = atoi(optarg);
		else if (option == 's')
			matrix.seeds = atoi(optarg);
		else if (option == 'd')
			matrix.duration_ns = atoi(optarg) * 1000000000ULL;
		else if (option == 'l')
			add_load(&matrix, atof(optarg));
		else if (option == 'p')
			only = dream_policy_find(optarg);
		else if (option == 'm')
			only_mechanisms = optarg;
		if (option == '?' || (option == 'p' && !only))
			return 2;
	}
	add_configs();
	if (optind + 2 != argc || !config_count) {
		fputs("usage: matrix [-w WORKERS] [-s SEEDS] [-d SECONDS] [-l LOAD]...\n"
		      "              [-p POLICY] [-m MECHANISMS] SCENARIOS DIRECTORY\n",
		      stderr);
		return 2;
	}
	if (!matrix.load_count)
		for (i = 0; i < COUNT(usual_loads); i++)
			add_load(&matrix, usual_loads[i]);
	find(argv[optind], "*.json", &matrix.scenarios);
	find(argv[optind], "platforms/*.json", &matrix.platforms);
	matrix.cells = matrix.scenarios.gl_pathc * matrix.platforms.gl_pathc *
		       matrix.load_count;
	matrix.out = create(argv[optind + 1], "runs.csv", "");
	print_head(matrix.out, runs_head, COUNT(runs_head));
	matrix.bounds = create(argv[optind + 1], "bounds.csv", bounds_head);
	matrix.times = create(argv[optind + 1], "times.csv", times_head);
	matrix.next = mmap(NULL, sizeof(*matrix.next), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (matrix.next == MAP_FAILED) {
		perror("matrix");
		return 1;
	}
	return run_workers(&matrix, workers);
}
