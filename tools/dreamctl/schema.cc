// SPDX-License-Identifier: GPL-2.0
/*
 * Check of documents against their JSON Schema, by valijson. This is the only
 * file in C++: the library is a set of templates.
 */
#include <string>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "schema.h"

using nlohmann::json;
using valijson::adapters::NlohmannJsonAdapter;

/* valijson's context, "<root>", "[streams]", "[0]", as a JSON pointer. */
static std::string pointer(const std::vector<std::string> &context)
{
	std::string path;

	for (const std::string &step : context) {
		if (step.size() < 2 || step.front() != '[')
			continue;
		path += '/';
		for (char c : step.substr(1, step.size() - 2)) {
			if (c == '~')
				path += "~0";
			else if (c == '/')
				path += "~1";
			else
				path += c;
		}
	}
	return path;
}

/* The definition alone, with the others that it refers to. */
static json definition_schema(const json &schema, const char *definition)
{
	return json {
		{ "$ref", std::string("#/definitions/") + definition },
		{ "definitions", schema.at("definitions") },
	};
}

/*
 * A value that fails is followed by an error for each object around it, which says
 * only that something in it has failed.
 */
static bool is_echo(const std::string &reason)
{
	return reason.rfind("Failed to validate", 0) == 0;
}

/* The reason, with the value if it is a short one. */
static std::string explain(const json &document, const std::string &path,
			   std::string reason)
{
	const json &value = document.at(json::json_pointer(path));

	while (!reason.empty() && reason.back() == '.')
		reason.pop_back();
	if (value.is_primitive())
		reason += ", value is " + value.dump().substr(0, 60);
	return reason;
}

int schema_check(const char *text, const char *schema_text,
		 const char *definition, schema_report_fn report, void *arg)
{
	valijson::ValidationResults::Error error;
	valijson::ValidationResults results;
	valijson::SchemaParser parser;
	valijson::Validator validator;
	valijson::Schema schema;
	json document;
	int count = 0;

	try {
		json rules = json::parse(schema_text);

		document = json::parse(text);
		if (definition)
			rules = definition_schema(rules, definition);
		parser.populateSchema(NlohmannJsonAdapter(rules), schema);
		if (validator.validate(schema, NlohmannJsonAdapter(document),
				       &results))
			return 0;
	} catch (const std::exception &exception) {
		report("", exception.what(), arg);
		return 1;
	}

	/* The innermost comes first. */
	while (results.popError(error)) {
		std::string path = pointer(error.context);

		if (count && is_echo(error.description))
			continue;
		report(path.c_str(),
		       explain(document, path, error.description).c_str(), arg);
		count++;
	}
	return count;
}
