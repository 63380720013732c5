using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>Schemas that cannot be used, and what is said of them.</summary>
public sealed class CompileTests
{
    [Theory]
    [InlineData("{", "#", "must be JSON")]
    [InlineData("""{"a": 1, "a": 2}""", "#", "without repeated names")]
    [InlineData("12", "#", "must be an object")]
    [InlineData("""{"type": "text"}""", "#/type", "the types are")]
    [InlineData("""{"type": [1]}""", "#/type", "array of them")]
    [InlineData("""{"enum": "a"}""", "#/enum", "must be an array")]
    [InlineData("""{"minimum": "5"}""", "#/minimum", "must be a number")]
    [InlineData("""{"multipleOf": 0}""", "#/multipleOf", "above 0")]
    [InlineData("""{"maxLength": -1}""", "#/maxLength", "0 or above")]
    [InlineData("""{"minItems": 1.5}""", "#/minItems", "whole number")]
    [InlineData("""{"uniqueItems": "yes"}""", "#/uniqueItems", "true or false")]
    [InlineData("""{"pattern": "["}""", "#/pattern", "ends in the middle")]
    [InlineData("""{"pattern": "\\A"}""", "#/pattern", "is not an escape")]
    [InlineData("""{"pattern": "\\p{Script=Greek}"}""", "#/pattern", "is not known")]
    [InlineData("""{"patternProperties": {"(": true}}""", "#/patternProperties", "')' is missing")]
    [InlineData("""{"required": true}""", "#/required", "array of names")]
    [InlineData("""{"properties": {"a": {"required": [1]}}}""", "#/properties/a/required", "array of names")]
    [InlineData("""{"properties": []}""", "#/properties", "object of schemas")]
    [InlineData("""{"properties": {"a/b": 1}}""", "#/properties/a~1b", "must be an object")]
    [InlineData("""{"allOf": {}}""", "#/allOf", "array of schemas")]
    [InlineData("""{"items": [true]}""", "#/items", "must be an object")]
    [InlineData("""{"dependentRequired": {"a": "b"}}""", "#/dependentRequired", "\"a\" must have an array of names")]
    [InlineData("""{"$ref": 1}""", "#/$ref", "must be a string")]
    [InlineData("""{"properties": {"a": {"$ref": "#/$defs/b"}}}""", "#/properties/a/$ref", "the schema itself has no \"$defs\" there")]
    [InlineData("""{"$ref": "#nowhere"}""", "#/$ref", "names the anchor \"nowhere\"")]
    [InlineData("""{"$ref": "https://example.com/other"}""", "#/$ref", "nothing is fetched from the network: place that document in the schema folder")]
    [InlineData("""{"$schema": "http://example.com/my-dialect"}""", "#/$schema", "leads to http://example.com/my-dialect, which is not here")]
    [InlineData("""{"$defs": {"a": {"$id": "http://e/x"}, "b": {"$id": "http://e/x"}}}""", "http://e/x#", "same $id")]
    [InlineData("""{"$ref": "#"}""", "#", "refers back to itself")]
    [InlineData("""{"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"not": {"$ref": "#/$defs/a"}}]}}}""", "#/$defs/a", "refers back to itself")]
    [InlineData("""{"if": true, "then": {"allOf": [{"$ref": "#"}]}}""", "#", "refers back to itself")]
    [InlineData("""{"minimum": 1e999999}""", "#/minimum", "exponent")]
    [InlineData("""{"const": 1e999999}""", "#/const", "exponent")]
    public void Name_the_place_and_how_to_mend_it(string schema, string location, string problem)
    {
        var refused = Assert.Throws<SchemaException>(() => Judge.Compile(schema));
        Assert.Equal(location, refused.Location);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(location, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recursion_that_goes_down_into_the_value_is_fine()
    {
        var tree = Judge.Compile("""{"type": "object", "additionalProperties": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}""");
        Assert.True(tree.IsValid("""{"a": {"b": {"c": null}}}"""));
        Assert.False(tree.IsValid("""{"a": {"b": {"c": 1}}}"""));
    }

    [Fact]
    public void Limits_bound_a_schema()
    {
        AssertRefused("""{"description": "some words"}""", new SchemaLimits { SchemaBytesMax = 10 }, "at most 10");
        AssertRefused("""{"not": {"not": {"not": {}}}}""", new SchemaLimits { SchemaDepthMax = 3 }, "at most 3 levels");
        AssertRefused("""{"properties": {"a": {}, "b": {}, "c": {}}}""", new SchemaLimits { SubschemasMax = 3 }, "more than 3 subschemas");
        AssertRefused("""{"patternProperties": {"a": {}, "b": {}}}""", new SchemaLimits { PatternsMax = 1 }, "more than 1 patterns");
        AssertRefused("""{"pattern": "aaaaaa"}""", new SchemaLimits { PatternCharsMax = 5 }, "at most 5");
    }

    [Fact]
    public void Documents_are_bounded()
    {
        // Each document refers to another one.
        var refused = Assert.Throws<SchemaException>(() => Judge.Compile(
            """{"$ref": "http://e/x"}""",
            new SchemaOptions { Resolver = uri => Encoding.UTF8.GetBytes($$"""{"items": {"$ref": "{{uri}}x"} }""") }));
        Assert.Contains("more than 64 documents", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_chains_of_references_neither_crash_nor_hang()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""  "d{{i}}": {"$ref": "#/$defs/d{{i + 1}}"} """));
        AssertRefused($$"""{"$ref": "#/$defs/d0", "$defs": { {{definitions}}, "d10000": {} } }""", new SchemaLimits(), "too long");
    }

    [Fact]
    public void An_unknown_vocabulary_is_refused_where_it_is_required()
    {
        foreach (var isRequired in (ReadOnlySpan<bool>)[true, false])
        {
            var metaschema = $$"""
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "$vocabulary": {"http://example.com/vocab": {{(isRequired ? "true" : "false")}}, "https://json-schema.org/draft/2020-12/vocab/validation": true}
                }
                """;
            var options = new SchemaOptions
            {
                Resolver = uri => uri == "http://example.com/meta" ? Encoding.UTF8.GetBytes(metaschema) : null,
            };
            const string Schema = """{"$schema": "http://example.com/meta", "type": "null", "not": {}}""";
            if (!isRequired)
            {
                // The applicator vocabulary is not named, so that "not" says nothing.
                Assert.True(Judge.Compile(Schema, options).IsValid("null"));
                continue;
            }

            var refused = Assert.Throws<SchemaException>(() => Judge.Compile(Schema, options));
            Assert.Contains("http://example.com/vocab", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_metaschema_of_its_own_dialect_is_refused()
    {
        var options = new SchemaOptions { Resolver = uri => Encoding.UTF8.GetBytes($$"""{"$schema": "{{uri}}"}""") };
        var refused = Assert.Throws<SchemaException>(() => Judge.Compile("""{"$schema": "http://example.com/meta"}""", options));
        Assert.Contains("described by itself", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SchemaDialect.Draft4, "draft-04/schema#")]
    [InlineData(SchemaDialect.Draft6, "draft-06/schema#")]
    [InlineData(SchemaDialect.Draft7, "draft-07/schema#")]
    [InlineData(SchemaDialect.Draft201909, "draft/2019-09/schema")]
    [InlineData(SchemaDialect.Draft202012, "draft/2020-12/schema")]
    public void Every_metaschema_is_a_valid_schema_by_itself(SchemaDialect dialect, string name)
    {
        var uri = (dialect >= SchemaDialect.Draft201909 ? "https" : "http") + "://json-schema.org/" + name;
        var bytes = Metaschema.Find(uri.TrimEnd('#'));
        Assert.NotNull(bytes);
        var metaschema = JsonSchema.Compile(bytes, new SchemaOptions { AssertFormat = true });
        Assert.Empty(metaschema.Errors(bytes));
        Assert.False(metaschema.IsValid("""{"type": "text"}"""));
        Assert.False(metaschema.IsValid("""{"properties": {"a": {"minLength": -1}}}"""));
        Assert.False(metaschema.IsValid("""{"pattern": "("}"""));
        Assert.False(metaschema.IsValid("12"));
    }

    [Fact]
    public void Limits_that_make_no_sense_are_refused()
    {
        Assert.Empty(new SchemaLimits().Violations());
        var limits = new SchemaLimits { RecursionMax = 0, NumberExponentMax = int.MaxValue };
        Assert.Equal(2, limits.Violations().Count);
        Assert.Throws<ArgumentException>(() => Judge.Compile("true", new SchemaOptions { Limits = limits }));
        Assert.Throws<ArgumentException>(() => new SchemaFolder(".", limits));
    }

    private static void AssertRefused(string schema, SchemaLimits limits, string problem)
    {
        var refused = Assert.Throws<SchemaException>(() => Judge.Compile(schema, new SchemaOptions { Limits = limits }));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }
}
